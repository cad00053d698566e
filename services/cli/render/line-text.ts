/** Lines of logs, and the list of logs, as text. It must not know how they were found. */

import { decodeUtf8 } from '../../core/app-log/utf8.ts';
import type { LogStream } from '../../core/graph-store.ts';
import { bytesOfText } from '../../core/line/byte-text.ts';
import { hole } from '../../core/line/hole.ts';
import { type LineValue, valuesOf } from '../../core/line/line-condition.ts';
import { printValue } from '../../core/line/line-shape.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { safeText } from './safe-text.ts';

export function plainLine({ name, number, text }: LogLine): string {
  return `${safeText(name)}:${number}: ${safeText(decoded(text).text.replace(/\r?\n$/, ''))}\n`;
}

/** What is no UTF-8 is given in base64 besides. */
export function jsonLine({ name, stream, number, part, text }: LogLine): string {
  const { text: shown, valid } = decoded(text);
  const bytes = valid ? undefined : Buffer.from(text, 'latin1').toString('base64');
  const values = [...valuesOf(text)].map((value) => ({ kind: value.kind, value: jsonValue(value) }));
  const shownPart = part === 0 ? undefined : part;
  return `${JSON.stringify({ log: name, stream, line: number, part: shownPart, text: shown, bytes, values })}\n`;
}

export function logTable(logs: readonly LogStream[]): string {
  const rows = logs.map(({ lines, bytes, name, stream }) => {
    return [String(lines), String(bytes), safeText(name), safeText(stream)];
  });
  const table = [['lines', 'bytes', 'log', 'id'], ...rows];
  const widths = table[0]!.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, at) => (at < 2 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** What all logs of a store need: they are packed together, so that none has a share of its own. */
export function keptIn(logs: readonly LogStream[]): string {
  const sum = (of: (log: LogStream) => number): number => logs.reduce((total, log) => total + of(log), 0);
  const [bytes, packed, waiting] = [
    sum((log) => log.bytes),
    sum((log) => log.packedBytes),
    sum((log) => log.waitingBytes),
  ];
  const parts = [
    ...(packed === 0
      ? []
      : [`${bytes - waiting} bytes are kept in ${packed}${share(bytes - waiting, packed)}`]),
    ...(waiting === 0 ? [] : [`${waiting} bytes wait to be packed`]),
  ];
  return parts.length === 0 ? '' : `of all logs ${parts.join(', ')}\n`;
}

/** Of a few lines the values' lists need more than the text. */
function share(bytes: number, packed: number): string {
  return packed < bytes ? ` (1/${(bytes / packed).toFixed(1)})` : '';
}

function decoded(text: string) {
  return decodeUtf8(bytesOfText(text));
}

function jsonValue({ code, detail, value }: LineValue): number | string {
  if (code === hole.number || code === hole.digits) return value;
  if (code === hole.decimal) return Number(printValue(code, detail, value));
  return decoded(printValue(code, detail, value)).text;
}
