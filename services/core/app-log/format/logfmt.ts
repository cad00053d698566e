/**
 * logfmt: `time=… level=info msg="…" key=value`, as logrus (and so Docker and containerd) and slog write by default.
 * A `pid` among them is what the line is about: no such logger names its own.
 */
import { type Fields, loggedFields } from './json-lines.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const PAIR = /([^\s"=]{1,128})=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*))(?: |$)/y;
/** Pairs of one line that are read; what follows stays in the text. */
const PAIRS_MAX = 64;

export const logfmt: LineFormat = { name: 'logfmt', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  const fields = pairs(text);
  if (fields === undefined) return undefined;
  const { message, time, level } = loggedFields(fields, text);
  // Audit records, kernel command lines and many others are pairs too.
  if (message === undefined || (time === undefined && level === undefined)) return undefined;
  return { message, time, level, strength: time === undefined ? 0.6 : 1 };
}

/** Undefined where the line is anything but pairs. */
function pairs(text: string): Fields | undefined {
  const fields: Record<string, string | undefined> = Object.create(null);
  let at = 0;
  for (let count = 0; at < text.length && count < PAIRS_MAX; count++) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    if (match === null) return undefined;
    const [whole, key, quoted, bare] = match;
    fields[key!] = quoted === undefined ? bare : unquoted(quoted);
    at += whole.length;
  }
  return fields;
}

/** Go quotes as JSON does, but for escapes that JSON does not have: those stay. */
function unquoted(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
