/** A capture for the length of a test. It must not know what is captured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiledLayout, helper } from './capture-build.ts';
import { type CapturedRecord, readRecords } from './captured-record.ts';

export const kinds = {
  syscall: 1,
  fork: 2,
  exec: 3,
  exit: 4,
  stack: 5,
  counters: 16,
  process: 17,
  descriptor: 18,
  auditLine: 20,
  note: 22,
  object: 23,
};
export const flags = { log: 1, continues: 2, payloadCut: 4, ioUring: 32, containerStdio: 64, logSocket: 128 };

export class CaptureRun {
  readonly #child: ChildProcess;
  readonly #parts: Buffer[] = [];
  complaint = '';

  private constructor(args: readonly string[]) {
    this.#child = spawn(helper, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout!.on('data', (part: Buffer) => this.#parts.push(part));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.complaint += text;
    });
  }

  /** Resolves when records flow: the first ones are counters. */
  static async start(...args: readonly string[]): Promise<CaptureRun> {
    const run = new CaptureRun(args);
    const ended = once(run.#child, 'close').then(() => {
      throw new Error(`the helper ended: ${run.complaint}`);
    });
    await Promise.race([once(run.#child.stdout!, 'data'), ended]);
    ended.catch(() => {});
    return run;
  }

  /** All that came. */
  get output(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  command(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Nobody reads until `resume`: pipe and rings fill up. */
  pause(): void {
    this.#child.stdout!.pause();
  }

  resume(): void {
    this.#child.stdout!.resume();
  }

  /** What came until it had ended. A helper that is killed may leave half a record, which is cut off. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<CapturedRecord[]> {
    const closed = once(this.#child, 'close') as Promise<[number | null]>;
    this.#child.kill(signal);
    const [code] = await closed;
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`the helper gave ${code}: ${this.complaint}`);
    return readRecords(this.output, compiledLayout());
  }
}

/** By processor: which sequence numbers are missing between the first and what the last counter says, and what it
 * says was lost. */
export function losses(records: readonly CapturedRecord[]): { missing: number; counted: number } {
  let missing = 0;
  let counted = 0;
  for (const cpu of new Set(records.map((record) => record.cpu))) {
    const own = records.filter((record) => record.cpu === cpu);
    const last = own.findLast((record) => record.kind === kinds.counters);
    if (last === undefined) continue;
    const seen = own.filter(({ kind }) => kind < kinds.counters || kind === kinds.auditLine).length;
    missing += last.sequence - seen;
    counted += last.result;
  }
  return { missing, counted };
}
