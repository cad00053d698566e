/**
 * Folds application entries whose writer is known (or guessed) into the graph: which unit printed the line, and what the
 * line says of the unit. It must not know how an entry found its place, nor what templates are.
 */
import type { StreamEntry } from '../app-log/app-entry.ts';
import { callIdsOf } from '../app-log/call-ids.ts';
import { sameContainer } from '../ascl/container-name.ts';
import { StateTable } from '../state-table.ts';
import type { BufferedLine } from '../unit/opened-name.ts';
import type { Unit } from '../unit/unit.ts';
import type { FoldParts } from './flow/flow-context.ts';
import { requestTerm, term } from './identity.ts';
import { type MatchedLine, matchedLine, saidStatement } from './matched-line.ts';
import { Printers } from './printers.ts';
import type { Process } from './process-table.ts';
import { processVertex } from './process-vertex.ts';
import type { ProfileOf, RunningPrograms } from './running-programs.ts';
import type { StatementFold } from './statement-fold.ts';
import { type Sayings, toldUnit, unitBegan, unitLabel, unitVertex } from './unit-vertex.ts';

export class LineFold {
  readonly #parts: FoldParts;
  /** host/source → pid of the process that wrote its last line. */
  readonly #writers: StateTable<number>;
  readonly #printers: Printers;
  readonly #statements: StatementFold;
  readonly #programs: RunningPrograms;
  readonly #profileOf: ProfileOf;

  constructor(
    parts: FoldParts,
    saved: ReadonlyMap<string, string>,
    statements: StatementFold,
    programs: RunningPrograms,
    profileOf: ProfileOf,
  ) {
    this.#parts = parts;
    this.#writers = new StateTable('writer', saved);
    this.#printers = new Printers(saved);
    this.#statements = statements;
    this.#programs = programs;
    this.#profileOf = profileOf;
  }

  /** The entries were written by `thread` of `writer` at `time`, with one call. */
  place(entries: readonly StreamEntry[], writer: Process, thread: number, time: bigint): void {
    const buffered = entries.length > 1 ? this.#bufferedBy(entries, writer, time) : [];
    for (const [i, entry] of entries.entries()) {
      const key = `${entry.host}/${entry.source}`;
      if (this.#writers.get(key) !== writer.pid) this.#writers.set(key, writer.pid);
      const origin = this.#originOf(entry, writer);
      const unit = buffered[i];
      if (origin !== undefined) this.#placeAt(entry, origin, this.#parts.units.at(origin.id, time), time);
      else if (unit !== undefined && unit !== this.#parts.units.current(writer.id, thread, time)?.id)
        this.#placeAt(entry, writer, unit, time);
      else this.#place(entry, writer, thread, time);
    }
  }

  /** The entry's write was not seen by `now`: pid and time alone say whose it is. */
  placeLate(entry: StreamEntry, now: bigint): void {
    const writer = this.#byPid(entry) ?? this.#lastWriter(entry);
    // A time cut to its second must not come before what led to the line.
    const latest = entry.time + entry.timePrecision;
    const time = now !== 0n && now < latest ? now : latest;
    if (writer === undefined) {
      this.#statements.print(entry, undefined, this.#unseenWriter(entry), time, undefined);
      return;
    }
    const unit = this.#parts.units.at(writer.id, time);
    if (unit === undefined || unit === this.#parts.units.current(writer.id, 0, time)?.id) {
      this.#place(entry, writer, 0, time);
      return;
    }
    this.#placeAt(entry, writer, unit, time);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#writers.drainInto(into);
    this.#printers.drainInto(into);
  }

  #place(entry: StreamEntry, writer: Process, thread: number, time: bigint): void {
    const line = this.#matched(entry, writer);
    const { unit, began, chosen } = this.#parts.units.line(writer.id, thread, line, time);
    const sayings = this.#sayings(entry, unit?.id ?? writer.id);
    if (unit !== undefined) this.#tell(writer, unit, began, requestLabel(entry), sayings);
    else if (sayings.terms.length > 0) processVertex(this.#parts, writer, time, undefined, sayings.terms);
    this.#statements.print(entry, writer, unit?.id ?? writer.id, time, saidStatement(line, chosen));
  }

  #matched(entry: StreamEntry, writer: Process): MatchedLine {
    return matchedLine(entry, this.#profileOf(this.#programs.of(writer)));
  }

  /** What the line says of who printed it: the unit's request, and the ids that it is found by. */
  #sayings(entry: StreamEntry, printer: string): Sayings {
    const terms = this.#printers.admitted(printer, callIdsOf(entry.text)).map((id) => term('call', id));
    const label = requestLabel(entry);
    if (entry.request === undefined || label === undefined) return { terms, properties: {} };
    this.#printers.called(printer, label);
    const { method, path, status } = entry.request;
    terms.push(requestTerm(method, path), requestTerm(method, path, status));
    return { terms, properties: { request: label, status } };
  }

  #tell(writer: Process, unit: Unit, began: boolean, label: string | undefined, sayings: Sayings): void {
    if (label !== undefined) unit.label = label;
    if (began) unitBegan(this.#parts, writer, unit, sayings);
    else if (sayings.terms.length > 0 || unit.reason === 'lms-cfg')
      toldUnit(this.#parts, writer, unit, sayings);
  }

  /** The unit of each, where they name what several units did: then they waited for one another in a buffer. */
  #bufferedBy(entries: readonly StreamEntry[], writer: Process, time: bigint): (string | undefined)[] {
    const { units } = this.#parts;
    const origins = entries.map((entry) => units.originOf(writer.id, lineOf(entry)));
    for (const log of new Set(entries.map(logOf))) units.wroteTogether(writer.id, log, time);
    return new Set(origins.filter((each) => each !== undefined)).size > 1 ? origins : [];
  }

  /** Its process's walk has gone on since, or is at something else. */
  #placeAt(entry: StreamEntry, process: Process, unit: string | undefined, time: bigint): void {
    const statement = saidStatement(this.#matched(entry, process), 0);
    this.#statements.print(entry, process, unit ?? process.id, time, statement);
    if (unit === undefined) return;
    const { terms, properties } = this.#sayings(entry, unit);
    if (terms.length === 0) return;
    const label = requestLabel(entry) ?? this.#printers.labelOf(unit) ?? unitLabel(process, unit);
    unitVertex(this.#parts, process, { id: unit, time, label, terms, properties });
  }

  /** Whose line it is, where somebody else wrote it: the write is the writer's, the line is the origin's. */
  #originOf(entry: StreamEntry, writer: Process): Process | undefined {
    const { originPid: pid } = entry;
    if (pid === undefined || pid === writer.namespacePid) return undefined;
    const { container } = writer;
    const origin = this.#byPid({ ...entry, container, pid, pidSource: 'namespace-or-host' });
    return origin === undefined || origin === writer || origin.exited ? undefined : origin;
  }

  #byPid(entry: StreamEntry): Process | undefined {
    if (entry.pid === undefined) return undefined;
    const { processes } = this.#parts;
    const direct = processes.find(entry.host, entry.pid);
    if (entry.pidSource === 'host') return direct;
    if (direct !== undefined && sameContainer(direct.container, entry.container) && !direct.exited)
      return direct;
    const container = entry.container ?? this.#lastWriter(entry)?.container;
    let newest: Process | undefined;
    for (const [, p] of processes.all()) {
      if (p.namespacePid !== entry.pid || p.host !== entry.host || p.exited) continue;
      if (container !== undefined && !sameContainer(container, p.container)) continue;
      if (newest === undefined || p.start > newest.start || (p.start === newest.start && p.pid > newest.pid))
        newest = p;
    }
    return newest ?? direct;
  }

  #lastWriter(entry: StreamEntry): Process | undefined {
    const pid = this.#writers.get(`${entry.host}/${entry.source}`);
    return pid === undefined ? undefined : this.#parts.processes.find(entry.host, pid);
  }

  /** A vertex for the process that wrote a log and that no system event shows. */
  #unseenWriter(entry: StreamEntry): string {
    const id = `process:${entry.host}/unseen/${entry.container ?? ''}/${entry.pid ?? entry.source}`;
    const { host, container, time } = entry;
    const label = `unseen writer of ${entry.source}`;
    const terms = entry.pid === undefined ? [] : [term('pid', String(entry.pid))];
    this.#parts.builder.vertex({ id, kind: 'process', label, host, container, time, terms, properties: {} });
    return id;
  }
}

const requestLabel_length_max = 160;

function lineOf(entry: StreamEntry): BufferedLine {
  const { message, request, time: from, timeSource, timePrecision } = entry;
  const time = timeSource === 'line' ? { from, until: from + timePrecision } : undefined;
  return { message, path: request?.path, time, log: logOf(entry) };
}

function logOf({ stream, source }: StreamEntry): string {
  return `${stream} ${source}`;
}

function requestLabel({ request }: StreamEntry): string | undefined {
  return request === undefined
    ? undefined
    : `${request.method} ${request.path}`.slice(0, requestLabel_length_max);
}
