/**
 * Follows log files by pattern, and auditd's file, as records of the agent's stream. Where each file was left is part of
 * what is kept with the records, so that a restart neither loses nor repeats a line. It must not know formats.
 */
import { glob } from 'node:fs/promises';
import { writeNote } from '../../core/record/note.ts';
import { recordFlag, recordKind } from '../../core/record/record-kind.ts';
import type { RecordFields } from '../../core/record/record-writer.ts';
import { FileTail, type TailPosition } from './file-tail.ts';
import { lineGroups } from './line-groups.ts';

export interface LogFollowerOptions {
  /** Patterns of application logs, such as `/srv/app-*.log`. */
  readonly patterns: readonly string[];
  /** auditd's file; undefined where audit is not read from one. */
  readonly audit: string | undefined;
  /** As `memo` gave it; empty for an agent that starts for the first time. */
  readonly memo: string;
  readonly containerOf: (path: string) => string | undefined;
  readonly onRecord: (fields: RecordFields) => void;
  readonly onTrouble: (path: string, error: unknown) => void;
}

const files_max = 1_000;
const glob_ms = 5_000;

export class LogFollower {
  readonly #options: LogFollowerOptions;
  readonly #tails = new Map<string, FileTail>();
  /** Where the last record of each file ends: what a record that is added next does not say yet. */
  readonly #given: Map<string, TailPosition>;
  readonly #isFirstStart: boolean;
  #globbed_ms = Number.NEGATIVE_INFINITY;
  readonly #troubled = new Set<string>();
  /** Files that the last look did not find. */
  readonly #gone = new Set<string>();

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    this.#given = readMemo(options.memo);
    this.#isFirstStart = options.memo === '';
  }

  /** Where every file was left, as text: exactly behind the records that were given. */
  get memo(): string {
    return this.#given.size === 0 ? '' : JSON.stringify(Object.fromEntries(this.#given));
  }

  get files(): number {
    return this.#tails.size;
  }

  async poll(now_ms: number = performance.now()): Promise<void> {
    if (now_ms - this.#globbed_ms >= glob_ms) {
      await this.#glob(this.#globbed_ms === Number.NEGATIVE_INFINITY);
      this.#globbed_ms = now_ms;
    }
    for (const [path, tail] of this.#tails) {
      try {
        await tail.poll();
        const { position } = tail;
        if (position !== undefined && !this.#given.has(path)) this.#given.set(path, position);
        this.#troubled.delete(path);
      } catch (error) {
        if (!this.#troubled.has(path)) this.#options.onTrouble(path, error);
        this.#troubled.add(path);
      }
    }
  }

  async close(): Promise<void> {
    for (const tail of this.#tails.values()) await tail.close();
  }

  async #glob(isFirst: boolean): Promise<void> {
    const { patterns, audit } = this.#options;
    // What was there before the first start is history; what appears later is followed from its beginning.
    const fromStart = !(isFirst && this.#isFirstStart);
    const found = new Set<string>(audit === undefined ? [] : [audit]);
    if (audit !== undefined) {
      this.#follow(audit, fromStart, (lines, from) => this.#auditLines(audit, lines, from));
    }
    for (const pattern of patterns) {
      for await (const path of glob(pattern)) {
        if (this.#tails.size >= files_max) break;
        found.add(path);
        this.#follow(path, fromStart, (lines, from) => this.#logLines(path, lines, from));
      }
    }
    await this.#forget(found);
  }

  /** A file that is gone for good, with its container: what was written before was read. */
  async #forget(found: ReadonlySet<string>): Promise<void> {
    for (const path of this.#given.keys()) {
      if (!found.has(path) && !this.#tails.has(path)) this.#given.delete(path);
    }
    for (const [path, tail] of this.#tails) {
      if (found.has(path)) this.#gone.delete(path);
      else if (this.#gone.has(path)) {
        this.#gone.delete(path);
        this.#tails.delete(path);
        await tail.poll().catch(() => {});
        await tail.close();
        this.#given.delete(path);
      } else this.#gone.add(path);
    }
  }

  #follow(path: string, fromStart: boolean, onLines: (lines: Buffer, from: TailPosition) => void): void {
    if (this.#tails.has(path)) return;
    const onNote = (note: 'log-rotated' | 'log-truncated', text: string): void => {
      this.#given.set(path, tail.position!);
      this.#options.onRecord({ kind: recordKind.note, texts: { payload: writeNote({ note, text }) } });
    };
    const tail = new FileTail({ path, position: this.#given.get(path), fromStart, onLines, onNote });
    this.#tails.set(path, tail);
  }

  #auditLines(path: string, lines: Buffer, from: TailPosition): void {
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(10, at);
      const until = end < 0 ? lines.length : end;
      const payload = lines.subarray(at, until);
      if (payload.length > 0) this.#options.onRecord({ kind: recordKind.auditLine, texts: { payload } });
      at = until + 1;
      this.#given.set(path, { ...from, offset: from.offset + Math.min(at, lines.length) });
    }
  }

  #logLines(path: string, lines: Buffer, from: TailPosition): void {
    const container = this.#options.containerOf(path) ?? '';
    for (const group of lineGroups(lines)) {
      for (const [piece, payload] of group.payloads.entries()) {
        this.#options.onRecord({
          kind: recordKind.appLog,
          flags: piece < group.payloads.length - 1 ? recordFlag.continues : 0,
          u32: { piece },
          args: [from.offset + group.offset],
          texts: piece === 0 ? { path, path2: container, payload } : { payload },
        });
      }
      const length = group.payloads.reduce((sum, payload) => sum + payload.length, 0);
      this.#given.set(path, { ...from, offset: from.offset + group.offset + length });
    }
  }
}

function readMemo(memo: string): Map<string, TailPosition> {
  try {
    return new Map(Object.entries(memo === '' ? {} : (JSON.parse(memo) as Record<string, TailPosition>)));
  } catch {
    return new Map();
  }
}
