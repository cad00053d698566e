/**
 * The streaming reader of records: bytes in, the fold's items out, as AuditReader and AppLogReader do for their kinds of
 * input. What it remembers between two records is state that can be saved and gone on from. It must not know files,
 * clocks, nor what an item means in a graph.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { DiagnosticLimit } from '../event/diagnostic-limit.ts';
import type { SystemEvent } from '../event/event.ts';
import type { KnownGap } from '../event/known-gap.ts';
import type { LineItem } from '../line/log-line.ts';
import type { ContainerSample } from '../upg/container-identity.ts';
import type { ImageBuild } from '../upg/image-build.ts';
import { AuditLines } from './audit-lines.ts';
import { CallStacks } from './call-stacks.ts';
import type { FileHeader } from './file-header.ts';
import { LogLines } from './log-lines.ts';
import { tailedEntries, writtenEntries } from './log-write.ts';
import { type AgentNote, readNote } from './note.ts';
import { PayloadPieces, type WholeCall } from './payload-pieces.ts';
import { RecordClock } from './record-clock.ts';
import { recordEvent } from './record-event.ts';
import { type FramerCounts, RecordFramer } from './record-framer.ts';
import { kindName, recordFlag, recordKind } from './record-kind.ts';
import { knownSyscall } from './record-syscall.ts';
import type { RecordView } from './record-view.ts';
import { SequenceCheck } from './sequence-check.ts';

export type RecordItem = SystemEvent | AppEntry | LineItem | ContainerSample | ImageBuild | KnownGap;

export interface RecordReaderOptions {
  /** Of records without a header, or before it. */
  readonly host: string;
  readonly bootId: string;
  /** The file's or stream's name, for diagnostics. */
  readonly file: string;
  /** As `drainInto` gave it; empty for a new stream. */
  readonly state: ReadonlyMap<string, string>;
  /** Reads the JSON of a container sample. */
  readonly sampleOf: (text: string, host: string) => { value: ContainerSample } | { problem: string };
  readonly emit: (item: RecordItem) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

export interface RecordCounts {
  readonly frames: FramerCounts;
  /** Records by name of kind. */
  readonly byKind: Readonly<Record<string, number>>;
  readonly events: number;
  readonly entries: number;
  readonly samples: number;
  /** Records lost, as far as a number is known. */
  readonly lost: number;
  readonly unknownKinds: number;
  readonly unknownSyscalls: number;
}

const diagnostics_max = 100;
/** Calls whose success has a record of its own, at the moment at which it happened. */
const toldCalls = new Set(['fork', 'vfork', 'clone', 'clone3', 'execve', 'execveat']);

export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #framer: RecordFramer;
  readonly #diagnostics: DiagnosticLimit;
  readonly #pieces: PayloadPieces;
  readonly #sequences: SequenceCheck;
  readonly #clock: RecordClock;
  readonly #lines: LogLines;
  readonly #audit: AuditLines;
  readonly #stacks: CallStacks;
  readonly #byKind = new Map<number, number>();
  readonly #unknown = new Set<string>();
  #host: string;
  #bootId: string;
  #offset = 0;
  /** Number of the next record. */
  #next = 0;
  /** ns since the epoch, of the newest record. */
  #newest: bigint | undefined;
  #counts = { events: 0, entries: 0, samples: 0, lost: 0, unknownKinds: 0, unknownSyscalls: 0 };

  constructor(options: RecordReaderOptions) {
    const { state, file, host } = options;
    this.#options = options;
    this.#host = host;
    this.#bootId = options.bootId;
    const diagnose = (d: Diagnostic): void => options.diagnose(d);
    this.#diagnostics = new DiagnosticLimit(file, diagnose, diagnostics_max);
    this.#framer = new RecordFramer({
      file,
      diagnose,
      onRecord: (record, offset) => this.#record(record, offset),
      onHeader: (header) => this.#header(header),
    });
    this.#pieces = new PayloadPieces(state);
    this.#sequences = new SequenceCheck(state, (gap) => this.#gap(gap));
    this.#clock = new RecordClock(state, (by, time) => this.#stepped(by, time));
    this.#lines = new LogLines(state, (line) => this.#emit(line), diagnose);
    this.#stacks = new CallStacks(state);
    // A header may name another host than the options do; a line may name one of its own.
    const emit = (event: SystemEvent): void =>
      this.#emit(event.host === host && host !== this.#host ? { ...event, host: this.#host } : event);
    this.#audit = new AuditLines({ host, file, diagnose, emit }, state);
  }

  get file(): string {
    return this.#options.file;
  }

  /** What is written next begins with the record of this number. Only between two records. */
  seek(record: number): void {
    this.#next = record;
  }

  write(bytes: Uint8Array): void {
    this.#framer.write(bytes);
  }

  /** Gives a last record that nothing stands behind, for a stream that holds whole records. */
  flush(): void {
    this.#framer.flush();
  }

  end(): void {
    this.#framer.end();
    for (const call of this.#pieces.rest()) {
      if (call.record.kind === recordKind.syscall) this.#call(call);
      else this.#tailed(call, call.record.real_ns);
    }
    for (const entry of this.#lines.overdue(0n, true)) this.#emit(entry);
    this.#audit.end();
    this.#sequences.flush();
    this.#diagnostics.end();
  }

  pause(): void {
    this.#diagnostics.end();
  }

  drainInto(state: Map<string, string | undefined>): void {
    for (const part of [this.#pieces, this.#sequences, this.#clock, this.#lines, this.#audit, this.#stacks]) {
      part.drainInto(state);
    }
  }

  get counts(): RecordCounts {
    const byKind = Object.fromEntries([...this.#byKind].map(([kind, count]) => [kindName(kind), count]));
    return { ...this.#counts, frames: { ...this.#framer.counts }, byKind };
  }

  #header({ host, bootId }: FileHeader): void {
    if (host !== '') this.#host = host;
    if (bootId === '' || bootId === this.#bootId) return;
    this.#bootId = bootId;
    this.#clock.restart();
    this.#sequences.restart();
    this.#stacks.restart();
  }

  #record(record: RecordView, offset: number): void {
    const { kind } = record;
    this.#lines.at(this.#next++);
    this.#offset = offset;
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    // A line of audit carries its own time, and comes when it comes.
    const isLate = kind === recordKind.auditLine;
    const time = isLate ? record.real_ns : this.#clock.time(record.real_ns, record.monotonic_ns);
    if (kind >= recordKind.syscall && kind <= recordKind.stack) {
      this.#sequences.record(record.cpu, record.sequence, time);
    }
    if (kind === recordKind.syscall) for (const call of this.#pieces.take(record)) this.#call(call);
    else if (kind === recordKind.stack) this.#stacks.stack(record);
    else if (kind <= recordKind.exit && kind > 0) this.#event(record, time, []);
    else this.#fromUserSpace(record, kind, time);
    this.#newest = time;
  }

  #fromUserSpace(record: RecordView, kind: number, time: bigint): void {
    if (kind === recordKind.process || kind === recordKind.descriptor) this.#event(record, time, []);
    else if (kind === recordKind.counters) this.#counters(record, time);
    else if (kind === recordKind.container) this.#sample(record);
    else if (kind === recordKind.auditLine) this.#audit.write(record.textBytes('payload'), time);
    else if (kind === recordKind.appLog)
      for (const call of this.#pieces.take(record)) this.#tailed(call, time);
    else if (kind === recordKind.note) this.#note(record, time);
    else if (kind === recordKind.object) this.#stacks.object(record);
    else {
      this.#counts.unknownKinds++;
      this.#once('warning', 'record-kind', `a record of ${kindName(kind)}, which nobody knows here`);
    }
  }

  #call({ record, payload, isCut }: WholeCall): void {
    const time = this.#clock.time(record.real_ns, record.monotonic_ns);
    const isLog = (record.flags & recordFlag.log) !== 0;
    if (isLog && isCut) {
      const message = `a log write of ${record.payloadBytes} bytes of which ${payload.length} were recorded`;
      this.#diagnose('note', 'record-payload-cut', message);
    }
    const stack = isLog ? this.#stacks.of(record) : undefined;
    const entries = isLog ? writtenEntries(this.#lines, this.#host, record, payload, time, stack) : [];
    this.#event(record, time, entries, isLog && isCut);
  }

  #tailed({ record, payload, isCut }: WholeCall, time: bigint): void {
    if (isCut)
      this.#diagnose('note', 'record-payload-cut', 'a line of a log file of which a piece is missing');
    for (const entry of tailedEntries(this.#lines, this.#host, record, payload, time)) this.#emit(entry);
  }

  #event(record: RecordView, time: bigint, entries: readonly AppEntry[], isCut = false): void {
    if (isToldByItsOwnKind(record)) return;
    if (record.kind === recordKind.syscall && knownSyscall(record) === undefined) {
      this.#counts.unknownSyscalls++;
      const message = `call ${record.syscall} of architecture ${record.arch.toString(16)} has no name here`;
      this.#once('warning', 'record-syscall', message);
    }
    this.#counts.entries += entries.length;
    this.#emit(recordEvent(record, { host: this.#host, bootId: this.#bootId, time, entries, isCut }));
  }

  #counters(record: RecordView, time: bigint): void {
    this.#sequences.counters(record.cpu, record.sequence, record.result, time);
    this.#audit.idle(time);
    for (const entry of this.#lines.overdue(time, false)) this.#emit(entry);
  }

  #sample(record: RecordView): void {
    const read = this.#options.sampleOf(record.text('payload'), this.#host);
    if ('value' in read) this.#emit(read.value);
    else this.#diagnose('error', 'container-record', read.problem);
  }

  #note(record: RecordView, time: bigint): void {
    const read = readNote(record.text('payload'));
    if ('problem' in read) {
      this.#diagnose('warning', 'record-note', read.problem);
      return;
    }
    this.#told(read.value, time);
  }

  #told(note: AgentNote, time: bigint): void {
    if (note.note === 'capture-began') {
      this.#sequences.restart();
      this.#stacks.restart();
      const from = note.since ?? this.#newest;
      if (from !== undefined && from < time) {
        this.#gap({ from, until: time, missing: undefined, reason: 'no capture ran' });
      }
    } else if (note.note === 'spool-dropped') {
      const { records: missing, from, until } = note;
      this.#gap({ from, until, missing, reason: `${missing} records dropped from a full spool` });
    } else if (note.note === 'image') {
      const { pid, path, buildId } = note;
      this.#emit({ kind: 'image', host: this.#host, pid, path, buildId });
    } else this.#diagnose('note', `record-${note.note}`, note.text);
  }

  #stepped(by_ns: bigint, time: bigint): void {
    const [seconds, way] = [Number(by_ns) / 1e9, by_ns < 0n ? 'back' : 'forward'];
    const kept = by_ns < 0n ? '; times go on as if it had not been' : '';
    this.#diagnose(
      'note',
      'record-clock-step',
      `the clock was set ${way} by ${Math.abs(seconds)} s at ${time}${kept}`,
    );
  }

  #gap(gap: Omit<KnownGap, 'kind' | 'host'>): void {
    this.#counts.lost += gap.missing ?? 0;
    // Times of processors, and of an agent's own clock, are not one order.
    const [from, until] = gap.from <= gap.until ? [gap.from, gap.until] : [gap.until, gap.from];
    this.#emit({ kind: 'gap', host: this.#host, ...gap, from, until });
  }

  #emit(item: RecordItem): void {
    if (item.kind === 'system') this.#counts.events++;
    else if (item.kind === 'app') this.#counts.entries++;
    else if (item.kind === 'container') this.#counts.samples++;
    this.#options.emit(item);
  }

  #once(severity: Diagnostic['severity'], code: string, message: string): void {
    if (this.#unknown.has(message) || this.#unknown.size >= diagnostics_max) return;
    this.#unknown.add(message);
    this.#diagnose(severity, code, message);
  }

  #diagnose(severity: Diagnostic['severity'], code: string, message: string): void {
    this.#diagnostics.add(severity, code, message, 0, 0, this.#offset);
  }
}

function isToldByItsOwnKind(record: RecordView): boolean {
  return (
    record.kind === recordKind.syscall && record.result >= 0 && toldCalls.has(knownSyscall(record) ?? '')
  );
}
