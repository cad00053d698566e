/** The lines NAME=value of a file of settings, and what in it is none. It must not know which settings there are. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from '../runtime/config-error.ts';

export interface SettingLines {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/** No text has these, and nobody wants them on a terminal. */
const binary = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

/** Throws ConfigError where the file can't be read as text: then nothing can be said of its settings. */
export function readSettingLines(file: string): SettingLines {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [i, line] of readText(file).split('\n').entries()) {
    const found = Object.entries(parseEnv(line)) as [string, string][];
    // parseEnv gives what an open quote begins as it stands, or nothing.
    if (found.some(([, value]) => /^["'`]/.test(value)))
      problems.push(`line ${i + 1} of ${file} has a quote that is not closed`);
    else if (found.length === 0 && !/^\s*(#|$)/.test(line))
      problems.push(`line ${i + 1} of ${file} is no NAME=value`);
    else for (const [name, value] of found) values[name] = value;
  }
  return { values, problems };
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new ConfigError([`${file} can't be read: ${(error as Error).message}`]);
  }
  // An editor's mark of the encoding is none of the first name.
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (!isUtf8(bytes) || binary.test(text))
    throw new ConfigError([`${file} is no text: it can't be settings`]);
  return text;
}
