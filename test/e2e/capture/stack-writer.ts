/** A program that says with each line who called for it, and who called by the records. It must not know any kernel. */
import { fileURLToPath } from 'node:url';
import { output } from './capture-build.ts';
import { flags, kinds } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';

/** Why a stack ends where it does, by enum dpt_stack_end. */
export const ends = { end: 1, full: 2, pending: 3, noTable: 4 };

const source = fileURLToPath(new URL('./stack-writer.c', import.meta.url));
const options = '-O2 -Wall -Werror -fno-inline -fno-optimize-sibling-calls -pthread'.split(' ');

export function compileWriter(to: string, ...more: readonly string[]): void {
  output('gcc', ...options, ...more, '-o', to, source);
}

export interface Stamped {
  readonly line: string;
  /** undefined where there is no stack. */
  readonly end: number | undefined;
  readonly stack: CapturedRecord | undefined;
}

/** Each log write with the stack whose number on that processor is the one before. */
export function stamped(records: readonly CapturedRecord[], tgid: number): Stamped[] {
  return records
    .filter((record) => record.tgid === tgid && (record.flags & flags.log) !== 0)
    .map((record) => {
      const stack = records.find(
        ({ kind, cpu, sequence, tid }) =>
          kind === kinds.stack &&
          cpu === record.cpu &&
          sequence === record.sequence - 1 &&
          tid === record.tid,
      );
      return { line: record.payload.trim(), end: stack?.result, stack };
    });
}

/** Names of the program's own functions, the innermost first; `file` is where it is here. */
export function callers(
  stack: CapturedRecord,
  records: readonly CapturedRecord[],
  path: string,
  file = path,
): string[] {
  const number = Number(
    records.find((record) => record.kind === kinds.object && record.path === path)!.args[0],
  );
  const symbols = output('nm', '-n', file)
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, type]) => /^t$/i.test(type!))
    .map(([address, , name]) => ({ address: Number.parseInt(address!, 16), name: name! }));
  return stack.frames
    .filter(({ object }) => object === number)
    .map(({ address }) => symbols.findLast((symbol) => symbol.address < address)!.name);
}
