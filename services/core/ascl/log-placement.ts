/**
 * Finds the place of each application entry in its process's common log (ASCL): just before the syscall that wrote
 * it. A kernel stamp says it; without one, the write whose return value is the entry's length, on a descriptor that
 * can be a log, by a process that the line's pid allows, within the entry's time. An entry whose write is not found
 * in time is placed by pid and time alone.
 *
 * It must not know edges or how descriptors came about.
 */
import type { StreamEntry } from '../app-log/app-entry.ts';
import { StateTable } from '../state-table.ts';
import { type ClockDifference, ClockDifferences } from './clock-difference.ts';
import { sameContainer } from './container-name.ts';
import type { LogWrite } from './log-write.ts';

interface Source {
  waiting: StreamEntry[];
  /** What this source's lines were found to be written to, and how often. */
  object: string | undefined;
  found: number;
}

/** An entry's time may be this much after its write's (clock steps of audit), and its write this much after it. */
const early_ns_max = 10_000_000n;
const late_ns_max = 5_000_000_000n;
/** A kernel stamp is the write's own time; only the audit clock's step lies between. */
const lateStamped_ns_max = 4_000_000n;
/** A write may come this much after its line's time (and its precision) by a clock that is right. */
const agreeing_ns_max = 100_000_000n;
/** Entries waiting in one source; beyond it the oldest is placed by time. */
const waiting_max = 20_000;
/** Entries looked at for one write in one source. */
const look_entries_max = 256;
/** Lines that one write may hold. */
const linesOfWrite_max = 64;
const endOfTime = 2n ** 64n;

export class LogPlacement {
  readonly #sources: StateTable<Source>;
  readonly #clocks: ClockDifferences;
  /** Before this time no entry is overdue, of whatever host. */
  #nextDue = 0n;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#sources = new StateTable('log', saved);
    this.#clocks = new ClockDifferences(saved);
  }

  /** What is not to wait still says something of its log's clock. */
  pass(entry: StreamEntry): void {
    this.#clocks.line(`${entry.host}/${entry.source}`, entry);
  }

  /** Keeps the entry until its write comes. */
  wait(given: StreamEntry): void {
    const key = `${given.host}/${given.source}`;
    this.#clocks.line(key, given);
    const entry = onKernelClock(given, this.#clocks.of(key));
    const source =
      this.#sources.get(key) ?? this.#sources.set(key, { waiting: [], object: undefined, found: 0 });
    source.waiting.push(entry);
    const due = source.waiting.length > waiting_max ? 0n : lateTime(entry);
    if (due < this.#nextDue) this.#nextDue = due;
    this.#sources.touch(key);
  }

  /** The entries that this write printed, in order; empty where it printed none. */
  writtenBy(write: LogWrite): StreamEntry[] {
    this.#clocks.write(write);
    let best: { key: string; source: Source; from: number; count: number; score: number } | undefined;
    for (const [key, source] of this.#sources.entries()) {
      if (source.waiting.length === 0 || !key.startsWith(`${write.host}/`)) continue;
      if (source.found >= 3 && source.object !== write.object) continue;
      const run = findRun(source.waiting, write);
      if (run === undefined) continue;
      const score = likelihood(source, key, run.entry, write);
      const better = best === undefined || score > best.score || (score === best.score && key < best.key);
      if (score > 0 && better) best = { key, source, ...run, score };
    }
    if (best === undefined) return [];
    const entries = best.source.waiting.splice(best.from, best.count);
    this.#noteDue(best.source);
    if (best.source.object === write.object) best.source.found++;
    else if (best.source.found < 3) {
      best.source.object = write.object;
      best.source.found = 1;
    }
    this.#sources.touch(best.key);
    return entries;
  }

  /** Entries of `host` whose write can no longer come, in order of time; with `all`, every one. */
  overdue(host: string, now: bigint, all: boolean): StreamEntry[] {
    const due: StreamEntry[] = [];
    // Asked at every event, and nearly always in vain.
    if (now < this.#nextDue && !all) return due;
    this.#nextDue = endOfTime;
    for (const [key, source] of this.#sources.entries()) {
      if (!key.startsWith(`${host}/`)) {
        this.#noteDue(source);
        continue;
      }
      let count = 0;
      for (const e of source.waiting) {
        const isDue = all || source.waiting.length - count > waiting_max;
        if (!isDue && !isLate(e, now)) break;
        count++;
      }
      if (count > 0) {
        due.push(...source.waiting.splice(0, count));
        this.#sources.touch(key);
      }
      this.#noteDue(source);
    }
    return due.sort(byTime);
  }

  hosts(): Set<string> {
    const hosts = new Set<string>();
    for (const [, source] of this.#sources.entries()) for (const e of source.waiting) hosts.add(e.host);
    return hosts;
  }

  /** How far the clocks of sources are known to be from the kernel's, by host/source. */
  clocks(): [key: string, difference: ClockDifference][] {
    return this.#clocks.all();
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#sources.drainInto(into);
    this.#clocks.drainInto(into);
  }

  /** Whatever stands first in the source now is the next of it to be overdue. */
  #noteDue({ waiting }: Source): void {
    const [first] = waiting;
    if (first === undefined) return;
    const due = waiting.length > waiting_max ? 0n : lateTime(first);
    if (due < this.#nextDue) this.#nextDue = due;
  }
}

/** As the kernel's clock would have timed it, where the clocks are known to be apart; a stamp is the kernel's own. */
function onKernelClock(entry: StreamEntry, clock: ClockDifference | undefined): StreamEntry {
  if (clock === undefined || entry.timeSource === 'kernel-stamp' || entry.timeSource === 'none') return entry;
  const agrees = clock.add >= -early_ns_max && clock.add <= entry.timePrecision + agreeing_ns_max;
  if (agrees) return entry;
  return { ...entry, time: entry.time + clock.add, timePrecision: clock.bound };
}

/** The first run of consecutive waiting entries whose lengths add up to the write's. */
function findRun(
  waiting: StreamEntry[],
  write: LogWrite,
): { from: number; count: number; entry: StreamEntry } | undefined {
  const until = Math.min(waiting.length, look_entries_max);
  for (let from = 0; from < until; from++) {
    const entry = waiting[from]!;
    if (!allowed(entry, write)) continue;
    let bytes = 0;
    for (let n = from; n < waiting.length && n - from < linesOfWrite_max && bytes < write.bytes; n++) {
      bytes += waiting[n]!.byteLength;
      if (bytes === write.bytes) return { from, count: n - from + 1, entry };
    }
  }
  return undefined;
}

/** State comes back in any order, so that ties need a rule: by source, then line. */
function byTime(a: StreamEntry, b: StreamEntry): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.line - b.line;
}

/** After it the entry's write can no longer come. */
function lateTime(e: StreamEntry): bigint {
  return e.time + e.timePrecision + (e.timeSource === 'kernel-stamp' ? lateStamped_ns_max : late_ns_max);
}

function isLate(e: StreamEntry, now: bigint): boolean {
  return lateTime(e) < now;
}

function allowed(entry: StreamEntry, write: LogWrite): boolean {
  if (entry.time - early_ns_max > write.time) return false;
  if (isLate(entry, write.time)) return false;
  const { container } = entry;
  if (
    container !== undefined &&
    write.container !== undefined &&
    !sameContainer(container, write.container)
  ) {
    return false;
  }
  if (entry.pid === undefined || entry.pid === write.pid) return true;
  if (entry.pidSource === 'host') return false;
  return write.namespacePid === undefined ? write.container !== undefined : write.namespacePid === entry.pid;
}

/** 0: no evidence beyond a length that anything could have. */
function likelihood(source: Source, key: string, entry: StreamEntry, write: LogWrite): number {
  let score = 0;
  if (source.object === write.object) score += 8;
  if (entry.pid !== undefined && (entry.pid === write.pid || entry.pid === write.namespacePid)) score += 4;
  if (write.path !== undefined && key.includes(baseName(write.path))) score += 2;
  // A container's standard output is a pipe without a name.
  if (entry.container !== undefined && sameContainer(entry.container, write.container)) score += 1;
  return score;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
