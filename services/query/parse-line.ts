/** Reads one pasted line as the reader of its log would. */
import type { AppEntry } from '../core/app-log/app-entry.ts';
import { AppLogReader } from '../core/app-log/app-log-reader.ts';

export function parseLine(line: string): { message: string; time: bigint; pid: number | undefined } {
  const entries: AppEntry[] = [];
  const reader = new AppLogReader({
    host: '',
    file: 'symptom',
    emit: (entry) => entries.push(entry),
    diagnose: () => {},
  });
  reader.write(new TextEncoder().encode(`${line.trimEnd()}\n`));
  reader.end();
  const [first] = entries;
  if (first === undefined) return { message: line, time: 0n, pid: undefined };
  const { message, time, pid } = first;
  return { message, time, pid };
}
