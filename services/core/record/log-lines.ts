/**
 * The log entries in what one call wrote: the same formats as those of log files, but with the kernel's word for who
 * wrote it and when. A line that comes in several writes is an entry of the write that ends it. It must not know
 * processes in the sense of the graph.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import { AppLogReader } from '../app-log/app-log-reader.ts';
import type { CallStack } from '../app-log/call-stack.ts';
import type { FormatName } from '../app-log/format/line-format.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { encodeUtf8 } from '../event/utf8.ts';
import { bytesOfText, joinedBytes, textOfBytes } from '../line/byte-text.ts';
import { type LineItem, part_bytes_max } from '../line/log-line.ts';
import { StateTable } from '../state-table.ts';

/** What is known of the writer without reading a line; undefined for what was read from a file. */
export interface WriteStamp {
  readonly pid: number;
  /** ns since the epoch. */
  readonly time: bigint;
  /** Who called for the write. */
  readonly stack?: CallStack;
}

export interface LogBytes {
  readonly host: string;
  /** Tells it from other logs of the same name. */
  readonly log: string;
  /** Name of the log, as answers show it. */
  readonly name: string;
  readonly container: string | undefined;
  readonly format?: FormatName | undefined;
  readonly bytes: Uint8Array;
  readonly stamp: WriteStamp | undefined;
  /** For lines without a year, ns. */
  readonly notAfter: bigint;
  /** What was written, where `bytes` are not it but say the same. */
  readonly original?: Uint8Array;
}

interface Tail {
  /** A character for each byte. */
  text: string;
  readonly host: string;
  readonly name: string;
  readonly stamp: WriteStamp;
}

const tails_max = 4_096;
const tail_bytes_max = 16_384;
/** A line without an end is taken as it is after so long. */
const tail_ns_max = 1_000_000_000n;
const newline = 10;
/** Numbers of lines for each record: a record has fewer bytes. */
const lines_per_record = 65_536;

export class LogLines {
  readonly #tails: StateTable<Tail>;
  readonly #keep: (line: LineItem) => void;
  readonly #diagnose: (diagnostic: Diagnostic) => void;
  #next = 1;

  constructor(
    saved: ReadonlyMap<string, string>,
    keep: (line: LineItem) => void,
    diagnose: (diagnostic: Diagnostic) => void,
  ) {
    this.#tails = new StateTable('log-tail', saved);
    this.#keep = keep;
    this.#diagnose = diagnose;
  }

  /** To be told of each record by its number in its stream: lines are numbered by it. */
  at(record: number): void {
    this.#next = record * lines_per_record + 1;
  }

  /** What is written in turns to one file, pipe or terminal, by `log`. */
  written(log: LogBytes & { readonly stamp: WriteStamp }): AppEntry[] {
    const stream = log.log;
    const tail = this.#tails.get(stream);
    const bytes = tail === undefined ? log.bytes : joinedBytes(bytesOfText(tail.text), log.bytes);
    if (tail !== undefined) this.#tails.delete(stream);
    const isOneLine = tail === undefined && bytes.at(-1) === newline;
    const end = bytes.lastIndexOf(newline) + 1;
    const isHeld = bytes.length - end <= tail_bytes_max && this.#tails.size < tails_max;
    if (!isHeld) return this.entries({ ...log, bytes });
    if (end < bytes.length) {
      const { host, name } = log;
      const { pid, time } = log.stamp;
      const stamp = { pid, time };
      this.#tails.set(stream, { text: textOfBytes(bytes.subarray(end)), host, name, stamp });
    }
    if (end === 0) return [];
    const entries = this.entries({ ...log, bytes: bytes.subarray(0, end) });
    // Of lines that waited for one another in a buffer, the stack says who wrote and not who printed.
    return isOneLine && entries.length === 1 ? entries : entries.map(withoutStack);
  }

  /** Whole entries: a datagram's, or lines of a file. */
  entries(log: LogBytes): AppEntry[] {
    const entries: AppEntry[] = [];
    const { host, name: file, log: of, container, format, stamp, notAfter, original } = log;
    const emit = (entry: AppEntry): void => {
      entries.push(entry);
    };
    // A format found on one line is often in doubt, and what is doubted is said for files, not for each line.
    const diagnose = (d: Diagnostic): void => {
      if (d.severity !== 'note') this.#diagnose(d);
    };
    const keep = original === undefined ? this.#keep : undefined;
    const options = { host, file, log: of, container, format, notAfter, emit, keep, diagnose };
    const reader = new AppLogReader(options);
    reader.seek(this.#next);
    reader.write(log.bytes);
    reader.end();
    if (original === undefined) this.#next += reader.counts.lines;
    else this.#keepWhole(log, original);
    if (stamp === undefined) return entries;
    const isForOthers = forOthers.has(reader.detected?.format ?? '');
    return entries.map((entry) => stamped(entry, stamp, isForOthers ? entry.pid : undefined));
  }

  #keepWhole({ host, log, name }: LogBytes, bytes: Uint8Array): void {
    const number = this.#next++;
    for (let part = 0; part * part_bytes_max < bytes.length; part++) {
      const piece = bytes.subarray(part * part_bytes_max, (part + 1) * part_bytes_max);
      this.#keep({ kind: 'line', host, log, name, number, part, text: textOfBytes(piece) });
    }
  }

  /** Lines whose end did not come in time, of streams where nothing more was written. */
  overdue(now: bigint, all: boolean): AppEntry[] {
    const entries: AppEntry[] = [];
    for (const [stream, { text, host, name, stamp }] of [...this.#tails.entries()]) {
      if (!all && now - stamp.time < tail_ns_max) continue;
      this.#tails.delete(stream);
      const log = { host, log: stream, name, container: undefined, stamp, notAfter: stamp.time };
      entries.push(...this.entries({ ...log, bytes: bytesOfText(text) }));
    }
    return entries;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#tails.drainInto(into);
  }
}

/** What is sent to the journal's socket, as the journal exports it. */
export function journalExport(payload: Uint8Array, time: bigint): Uint8Array {
  const head = encodeUtf8(`__REALTIME_TIMESTAMP=${time / 1_000n}\n`);
  return joinedBytes(head, joinedBytes(payload, encodeUtf8('\n\n')));
}

/** Formats whose lines name who they are of, not who writes them. */
const forOthers: ReadonlySet<string> = new Set([
  'syslog-3164',
  'syslog-5424',
  'journald-json',
  'journald-export',
  'php-fpm-error',
]);

function stamped(entry: AppEntry, { pid, time, stack }: WriteStamp, originPid: number | undefined): AppEntry {
  const origin = originPid === undefined || originPid === pid ? {} : { originPid };
  return {
    ...entry,
    ...origin,
    ...(stack === undefined ? {} : { stack }),
    pid,
    pidSource: 'host',
    time,
    timeSource: 'kernel-stamp',
    timePrecision: 0n,
  };
}

function withoutStack(entry: AppEntry): AppEntry {
  if (entry.stack === undefined) return entry;
  const { stack, ...rest } = entry;
  return rest;
}
