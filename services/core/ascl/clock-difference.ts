/**
 * How far the clock that a log's lines are timed by is from that of the kernel, and within which bound (λ): learned from
 * lines and writes that can only belong together, since nothing else of their time has the same length. Lines that the
 * kernel stamped need none of it. It must not know where a line is placed.
 */
import type { StreamEntry } from '../app-log/app-entry.ts';
import { StateTable } from '../state-table.ts';
import type { LogWrite } from './log-write.ts';

export interface ClockDifference {
  /** Added to a line's time it is the kernel's (ns). */
  readonly add: bigint;
  /** λ: the write of a line of that time is not further from it (ns). */
  readonly bound: bigint;
}

/** A line or a write, as far as it counts here: its time, its length, and the pids that it may be of. */
type Seen = readonly [time: bigint, bytes: number, pids: readonly number[]];

interface Source {
  lines: Seen[];
  differences: bigint[];
  precision: bigint;
}

/** Clocks that are further apart are taken for right: nothing would tell a line from a line of another hour. */
const difference_ns_max = 120_000_000_000n;
const lines_count_max = 64;
const writes_count_max = 256;
/** So many make a difference known; of more the newest count. */
const known_count_min = 8;
const known_count_max = 32;
/** What of them may lie apart (a line that was formatted long before it was written). */
const outliers_count_max = 4;
/** The others must lie this close together, beside the precision of the lines' times. */
const spread_ns_max = 50_000_000n;

export class ClockDifferences {
  /** host/source → what was seen of it. */
  readonly #sources: StateTable<Source>;
  /** host → writes. */
  readonly #writes: StateTable<Seen[]>;
  readonly #known = new Map<string, ClockDifference | undefined>();

  constructor(saved: ReadonlyMap<string, string>) {
    this.#sources = new StateTable('clock-source', saved);
    this.#writes = new StateTable('clock-writes', saved);
  }

  line(key: string, entry: StreamEntry): void {
    if (entry.timeSource === 'none' || entry.timeSource === 'kernel-stamp') return;
    const source = this.#sources.get(key) ?? { lines: [], differences: [], precision: 0n };
    const line: Seen = [entry.time, entry.byteLength, entry.pid === undefined ? [] : [entry.pid]];
    if (entry.timePrecision > source.precision) source.precision = entry.timePrecision;
    source.lines.push(line);
    if (source.lines.length > lines_count_max) source.lines.shift();
    this.#sources.set(key, source);
    const writes = this.#writes.get(entry.host) ?? [];
    if (this.#compare(source, line, writes, (write) => write[0] - line[0])) this.#known.delete(key);
  }

  /** A write to a file that a log has its name from. */
  write({ host, time, bytes, pid, namespacePid, path }: LogWrite): void {
    if (path === undefined) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const keys = [...this.#sources.entries()].filter(
      ([key]) => key.startsWith(`${host}/`) && key.includes(name),
    );
    if (keys.length === 0) return;
    const write: Seen = [time, bytes, namespacePid === undefined ? [pid] : [pid, namespacePid]];
    const writes = this.#writes.get(host) ?? [];
    writes.push(write);
    if (writes.length > writes_count_max) writes.shift();
    this.#writes.set(host, writes);
    for (const [key, source] of keys) {
      if (!this.#compare(source, write, source.lines, (line) => time - line[0])) continue;
      this.#known.delete(key);
      this.#sources.touch(key);
    }
  }

  /** Undefined until enough is known. */
  of(key: string): ClockDifference | undefined {
    if (!this.#known.has(key)) this.#known.set(key, this.#find(key));
    return this.#known.get(key);
  }

  /** Of every source of which it is known. */
  all(): [key: string, difference: ClockDifference][] {
    return [...this.#sources.entries()].flatMap(([key]) => {
      const difference = this.of(key);
      return difference === undefined ? [] : [[key, difference]];
    });
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#sources.drainInto(into);
    this.#writes.drainInto(into);
  }

  #find(key: string): ClockDifference | undefined {
    const source = this.#sources.get(key);
    if (source === undefined || source.differences.length < known_count_min) return undefined;
    const sorted = source.differences.toSorted((a, b) => (a < b ? -1 : 1));
    const outliers = Math.min(outliers_count_max, Math.floor(sorted.length / 4));
    // A write comes after its line was timed, never before: the least is nearest to the clocks' difference.
    for (let from = 0; from <= outliers; from++) {
      const [least, greatest] = [sorted[from]!, sorted[sorted.length - 1 - (outliers - from)]!];
      const bound = greatest - least;
      if (bound <= source.precision + spread_ns_max) return { add: least, bound };
    }
    return undefined;
  }

  /** Notes a difference where exactly one of `others` fits. */
  #compare(source: Source, one: Seen, others: readonly Seen[], difference: (other: Seen) => bigint): boolean {
    let found: Seen | undefined;
    for (const other of others) {
      if (other[1] !== one[1] || !isAllowed(one[2], other[2])) continue;
      const by = difference(other);
      if (by > difference_ns_max || by < -difference_ns_max) continue;
      if (found !== undefined) return false;
      found = other;
    }
    if (found === undefined) return false;
    source.differences.push(difference(found));
    if (source.differences.length > known_count_max) source.differences.shift();
    return true;
  }
}

/** A line that names no pid may be anybody's. */
function isAllowed(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((pid) => b.includes(pid));
}
