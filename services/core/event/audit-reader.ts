/**
 * The streaming reader of Linux audit logs: bytes in, system events out, in the order of each host's serials. What it
 * gives depends on the bytes alone, not on how they are cut into chunks nor on when they come. It must not know files,
 * clocks or what an event means, and it reads nothing of a chunk once `write` has returned.
 */
import type { Diagnostic } from '../diagnostic.ts';
import { AuditEvent, PendingEvent } from './audit-event.ts';
import { DiagnosticLimit } from './diagnostic-limit.ts';
import type { SystemEvent } from './event.ts';
import { EventWindow, type SavedWindow, type WindowLimits } from './event-window.ts';
import { resolveArguments } from './execve-record.ts';
import { LineHeader } from './line-header.ts';
import { LineSplitter, type SavedLine } from './line-splitter.ts';
import { resolvePaths } from './path-record.ts';
import { RecordBody } from './record-body.ts';
import { type RecordType, RecordTypes } from './record-type.ts';
import { resolveSubCall } from './syscall-record.ts';
import { TextTable } from './text-table.ts';

export interface AuditReaderOptions {
  /** The host of lines without `node=`. */
  readonly host: string;
  /** The file's name, for diagnostics. */
  readonly file: string;
  readonly emit: (event: SystemEvent) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
  /** Defaults: 256 records, 1,024 events, 16 MiB; each for one host. */
  readonly window?: Partial<WindowLimits>;
  /** Longest line in bytes; 1 MiB by default. */
  readonly lineBytesMax?: number;
  /** What `save` of a reader gave that read what came before. */
  readonly saved?: SavedAuditReader | undefined;
  /** Hosts whose events are held at a time; 256 by default. */
  readonly hostsMax?: number;
  /** Diagnostics of one code that are given; how many more there were is said at the end. 100 by default. */
  readonly diagnosticsMax?: number;
}

/**
 * `lines` = `records` + `blankLines` + `brokenLines`; after `end`, `records` = `recordsInEvents` + `loneEnds`.
 */
export interface AuditCounts {
  readonly bytes: number;
  readonly lines: number;
  /** Empty lines, and those that ausearch puts between events. */
  readonly blankLines: number;
  /** Lines that are no record; each has a diagnostic. */
  readonly brokenLines: number;
  readonly records: number;
  /** Records whose type the table does not have. They are kept. */
  readonly unknown: number;
  readonly events: number;
  readonly recordsInEvents: number;
  /** EOE records whose event was given out already, or never came (which is diagnosed): they say nothing by themselves. */
  readonly loneEnds: number;
  /** Events whose end was assumed. */
  readonly incomplete: number;
  /** Records by the name of their type. */
  readonly byType: Readonly<Record<string, number>>;
}

/** What an audit reader holds between two pieces of its log, as plain data. */
export interface SavedAuditReader {
  readonly line: number;
  readonly begun: SavedLine;
  /** By host, the one that was silent longest first. */
  readonly windows: readonly (readonly [string, SavedWindow])[];
}

export class AuditReader {
  readonly #options: AuditReaderOptions;
  readonly #limits: WindowLimits;
  readonly #types = new RecordTypes();
  readonly #header: LineHeader;
  readonly #body: RecordBody;
  readonly #lines: LineSplitter;
  readonly #diagnostics: DiagnosticLimit;
  readonly #windows = new Map<string, EventWindow>();
  #host: string;
  #window: EventWindow;
  #lineStart = 0;
  #line = 0;
  #blankLines = 0;
  #brokenLines = 0;
  #records = 0;
  #unknown = 0;
  #events = 0;
  #recordsInEvents = 0;
  #loneEnds = 0;
  #incomplete = 0;
  #timeSeconds = -1;
  #timeNanos = -1;
  #time = 0n;

  constructor(options: AuditReaderOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.window };
    const table = new TextTable();
    this.#header = new LineHeader(this.#types, table);
    this.#body = new RecordBody(table, (code, message, at) => {
      this.#diagnose('warning', code, message, at);
    });
    this.#diagnostics = new DiagnosticLimit(options.file, options.diagnose, options.diagnosticsMax ?? 100);
    this.#lines = new LineSplitter(
      options.lineBytesMax ?? 2 ** 20,
      (bytes, start, end) => this.#readLine(bytes, start, end),
      (length) => this.#skipLine(length),
    );
    this.#line = options.saved?.line ?? 0;
    if (options.saved !== undefined) this.#lines.restore(options.saved.begun);
    for (const [host, window] of options.saved?.windows ?? []) this.#windowOf(host).restore(window);
    this.#host = options.saved?.windows.at(-1)?.[0] ?? options.host;
    this.#window = this.#windowOf(this.#host);
  }

  /** Reads the next bytes of the log, cut anywhere. */
  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  /** Gives out all events that wait, as at the end, but for a line that is not whole; reading can go on. */
  flush(): void {
    for (const window of this.#windows.values()) window.flush();
  }

  /** The end of the log: the last line need not have a line end. */
  end(): void {
    if (this.#lines.end()) {
      const message = 'the last line has no line end: it may have been cut off';
      this.#diagnostics.add('note', 'audit-unterminated-line', message, this.#line, 0);
    }
    this.flush();
    this.#diagnostics.end();
  }

  /** The end for now, of a log that goes on: events that may still change are not given. */
  pause(): void {
    this.#diagnostics.end();
  }

  save(): SavedAuditReader {
    const windows = Array.from(this.#windows, ([host, window]) => [host, window.save()] as const);
    return { line: this.#line, begun: this.#lines.save(), windows };
  }

  get file(): string {
    return this.#options.file;
  }

  get counts(): AuditCounts {
    return {
      bytes: this.#lines.bytes,
      lines: this.#line,
      blankLines: this.#blankLines,
      brokenLines: this.#brokenLines,
      records: this.#records,
      unknown: this.#unknown,
      events: this.#events,
      recordsInEvents: this.#recordsInEvents,
      loneEnds: this.#loneEnds,
      incomplete: this.#incomplete,
      byType: this.#types.counts(),
    };
  }

  #readLine(bytes: Uint8Array, start: number, end: number): void {
    this.#line++;
    this.#lineStart = start;
    const header = this.#header;
    if (!header.read(bytes, start, end)) {
      if (isBlank(bytes, start, end)) {
        this.#blankLines++;
        return;
      }
      this.#brokenLines++;
      this.#diagnose('error', 'audit-not-a-record', header.problem, header.problemAt);
      return;
    }
    const type = header.type!;
    this.#records++;
    this.#types.count(type);
    if (type.number === undefined) this.#unknown++;
    const host = header.node ?? this.#options.host;
    if (host !== this.#host) {
      this.#window = this.#windowOf(host);
      this.#host = host;
    }
    const pending = this.#pendingEvent(type);
    if (pending === undefined) return;
    this.#body.read(type, pending, bytes, header.body, end);
    if (type.kind === 'end') pending.closed = pending.event.complete = true;
    else if (type.kind === 'proctitle') pending.event.complete = true;
    else if (type.standing !== 'part') pending.closed = pending.event.complete = true;
    this.#window.settle(pending, end - start);
  }

  /** The event that the record whose header was read belongs to; undefined where it is of no use. */
  #pendingEvent(type: RecordType): PendingEvent | undefined {
    const { serial, seconds, nanos } = this.#header;
    const window = this.#window;
    if (type.standing === 'daemon') {
      if (type.name === 'DAEMON_START') window.reset();
      return this.#newEvent(type, window.tail, false);
    }
    const found = window.find(serial, seconds, nanos);
    if (found !== undefined) return found;
    const novelty = window.novelty(serial, seconds);
    if (type.kind === 'end') {
      this.#loneEnds++;
      const message = `EOE of serial ${serial}, of which no other record waits`;
      if (novelty !== 'late') this.#diagnose('note', 'audit-lone-end', message, this.#lineStart);
      return undefined;
    }
    if (novelty === 'reset' || (novelty !== 'next' && type.name === 'SYSTEM_BOOT')) {
      window.reset();
      const message = `the serials begin again at ${serial}: another boot, or another log`;
      this.#diagnose('note', 'audit-serial-reset', message, this.#lineStart);
    } else if (novelty === 'late') {
      const message = `a record of serial ${serial} came after later events were given out: it stands by itself`;
      this.#diagnose('note', 'audit-late-record', message, this.#lineStart);
    }
    return this.#newEvent(type, serial, true);
  }

  #newEvent(type: RecordType, position: number, ordered: boolean): PendingEvent {
    const { serial, seconds, nanos } = this.#header;
    if (seconds !== this.#timeSeconds || nanos !== this.#timeNanos) {
      this.#timeSeconds = seconds;
      this.#timeNanos = nanos;
      this.#time = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
    }
    const event = new AuditEvent(this.#host, serial, this.#time, type.name);
    const pending = new PendingEvent(event, position, ordered, seconds, nanos, this.#line);
    this.#window.add(pending);
    return pending;
  }

  #give(pending: PendingEvent): void {
    const { event } = pending;
    resolveSubCall(pending);
    resolvePaths(pending);
    const missing = resolveArguments(pending);
    if (missing > 0) {
      const message = `${missing} of the arguments of the program that serial ${event.serial} started did not come`;
      this.#diagnostics.add('warning', 'audit-missing-arguments', message, pending.line, 0);
    }
    if (pending.others !== undefined) event.others = pending.others;
    this.#events++;
    this.#recordsInEvents += pending.records;
    if (!event.complete) this.#incomplete++;
    this.#options.emit(event);
  }

  /** The host's window; the host that was silent longest makes room. */
  #windowOf(host: string): EventWindow {
    let window = this.#windows.get(host);
    if (window === undefined) {
      window = new EventWindow(this.#limits, (pending) => this.#give(pending));
      const hostsMax = this.#options.hostsMax ?? 256;
      if (this.#windows.size >= hostsMax) {
        const [oldest, oldestWindow] = this.#windows.entries().next().value!;
        oldestWindow.flush();
        this.#windows.delete(oldest);
        const message = `more than ${hostsMax} hosts at a time: the events of ${oldest} were given out early`;
        this.#diagnose('warning', 'audit-too-many-hosts', message, this.#lineStart);
      }
    } else this.#windows.delete(host);
    this.#windows.set(host, window);
    return window;
  }

  #skipLine(length: number): void {
    this.#line++;
    this.#brokenLines++;
    const message = `a line of ${length} bytes is longer than any record: it was left out`;
    this.#diagnostics.add('error', 'audit-line-too-long', message, this.#line, 0);
  }

  #diagnose(severity: Diagnostic['severity'], code: string, message: string, at: number): void {
    this.#diagnostics.add(severity, code, message, this.#line, at - this.#lineStart + 1);
  }
}

const defaultLimits: WindowLimits = { lagRecords: 256, eventsMax: 1024, bytesMax: 16 * 2 ** 20 };

/** Nothing but blanks, or what ausearch puts between events: `----` and `time->…`. */
function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 6)));
  if (text === 'time->') return true;
  const filler = text.startsWith('----') ? 0x2d : 0x20;
  for (let i = start; i < end; i++) if (bytes[i] !== filler) return false;
  return true;
}
