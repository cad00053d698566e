/**
 * Logs of which it is known which statement printed each line: a program's own formats, filled with values of one kind
 * for each conversion, some statements often and most seldom, as in real logs. And logs that others have labelled.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

export interface LabelledLine {
  readonly message: string;
  /** Of the statement that printed it. */
  readonly label: string;
}

const statements_count = 80;
const lines_count = 2_000;
const conversion = /%[-+ #0'\d.*]*(?:hh|h|ll|l|z|j|t|u|x|X)*([A-Za-z%])/g;

/** Formats must say something: one that is all values has no statement that anybody could know it by. */
export function printedLog(formats: readonly string[], random: Random): LabelledLine[] {
  const telling = [...new Set(formats)].filter(
    (format) => isTelling(format) && !format.includes('\n') && format.length < 200,
  );
  const statements = Array.from({ length: Math.min(statements_count, telling.length) }, () => {
    const [format] = telling.splice(random.below(telling.length), 1);
    const kinds = [...format!.matchAll(conversion)].map(() => random.pick(texts));
    return { format: format!, kinds };
  });
  return Array.from({ length: lines_count }, () => {
    // The cube makes the first statements as frequent as they are in the labelled logs of others.
    const { format, kinds } = statements[Math.floor((random.below(1e6) / 1e6) ** 3 * statements.length)]!;
    let hole = 0;
    const message = format.replace(conversion, (_, letter: string) => {
      const kind = kinds[hole++]!;
      if (letter === '%') return '%';
      if ('diuMTPOADzl'.includes(letter)) return String(random.below(random.pick([10, 1000, 100_000])));
      if ('xXp'.includes(letter)) return `${letter === 'p' ? '0x' : ''}${random.below(2 ** 24).toString(16)}`;
      if ('feg'.includes(letter)) return (random.below(10_000) / 100).toFixed(3);
      return letter === 'c' ? 'q' : kind(random);
    });
    return { message, label: format };
  });
}

/** Whether a format has words of its own. */
export function isTelling(format: string): boolean {
  return (format.replace(conversion, ' ').match(/\p{L}{2,}/gu) ?? []).length >= 2;
}

/** `NAME_2k.log_structured.csv` files of Loghub, in `folder` or one below it, by name. */
export function labelledLogs(folder: string): Map<string, LabelledLine[]> {
  const found = new Map<string, LabelledLine[]>();
  if (!existsSync(folder)) return found;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const name = /([^/]+?)(?:_2k)?\.log_structured\.csv$/.exec(path)?.[1];
    if (name === undefined) continue;
    const [head = [], ...rows] = csvRows(readFileSync(join(folder, path), 'utf8'));
    const [content, label] = [head.indexOf('Content'), head.indexOf('EventTemplate')];
    found.set(
      name,
      rows.map((row) => ({ message: row[content] ?? '', label: row[label] ?? '' })),
    );
  }
  return found;
}

/** RFC 4180. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end !== ',' && end !== '') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1);
}

/** Each gives values of one kind, as they stand where a format has `%s`. */
const texts: readonly ((random: Random) => string)[] = [
  (random) =>
    random.pick(['root', 'www-data', 'eve', 'bob', 'nobody', 'postgres', 'backup', 'admin', 'guest']),
  (random) => `10.${random.below(4)}.${random.below(256)}.${random.below(256)}`,
  (random) => `host-${random.below(50)}.example.org`,
  (random) =>
    `/${['etc', 'var/lib', 'srv/www', 'home/eve'][random.below(4)]}/${random.pick(nouns)}.${random.pick(['conf', 'log', 'db'])}`,
  (random) => `${random.pick(nouns)}_${random.pick(nouns)}`,
  (random) =>
    random.pick([
      'No such file or directory',
      'Permission denied',
      'Connection refused',
      'Broken pipe',
      'Success',
    ]),
  (random) => random.pick(nouns),
  (random) => `${random.pick(nouns)}${random.below(100)}`,
];
const nouns = [
  'cache',
  'session',
  'index',
  'queue',
  'table',
  'user',
  'socket',
  'buffer',
  'page',
  'order',
  'mail',
  'key',
];
