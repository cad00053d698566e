/** Where the native helper is that reads capture sources: named, built in this checkout, or installed. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentError } from '../agent-error.ts';

const name = 'disprotrack-capture';
const built = fileURLToPath(new URL(`../../../.cache/capture/${name}`, import.meta.url));

/** Undefined where there is none. */
export function findHelper(path: string = process.env.PATH ?? ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return [built, ...folders.map((folder) => join(folder, name)), `/usr/libexec/disprotrack/${name}`].find(
    isExecutable,
  );
}

/** Throws AgentError where `named` is no program, or nothing is named and none is found. */
export function requireHelper(named: string | undefined): string {
  const hint = `build it: kernel-module/build.sh`;
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    throw new AgentError('helper', `${named} is no program that can be run`, { hint });
  }
  const found = findHelper();
  if (found !== undefined) return found;
  throw new AgentError('helper', `${name} is neither built nor installed`, { hint });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
