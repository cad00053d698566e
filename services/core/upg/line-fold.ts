/**
 * Folds application entries whose writer is known (or guessed) into the graph: the line's template, the unit that
 * printed it, and what the line says of the unit. It must not know how an entry found its place.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import { callIdsOf } from '../app-log/call-ids.ts';
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';
import { StateTable } from '../state-table.ts';
import type { FoldParts } from './flow/flow-context.ts';
import { requestTerm, templateId, term } from './identity.ts';
import { Printers } from './printers.ts';
import type { Process } from './process-table.ts';
import { processVertex } from './process-vertex.ts';
import { unitBegan, unitLabel, unitVertex } from './unit-vertex.ts';

export type TemplateOf = (message: string) => { template: string; variables: readonly string[] };

/** The LMS-CFG of a program and the nodes that a message may come from; undefined where there is no profile. */
export type ProfileOf = (
  exe: string,
) => { cfg: LmsCfg; match(message: string): { node: LmsNode; variables: readonly string[] }[] } | undefined;

export class LineFold {
  readonly #parts: FoldParts;
  /** host/source → pid of the process that wrote its last line. */
  readonly #writers: StateTable<number>;
  readonly #printers: Printers;
  readonly #templateOf: TemplateOf;
  readonly #profileOf: ProfileOf;

  constructor(
    parts: FoldParts,
    saved: ReadonlyMap<string, string>,
    templateOf: TemplateOf,
    profileOf: ProfileOf,
  ) {
    this.#parts = parts;
    this.#writers = new StateTable('writer', saved);
    this.#printers = new Printers(saved);
    this.#templateOf = templateOf;
    this.#profileOf = profileOf;
  }

  /** The entry was written by `process` at `time`. */
  place(entry: AppEntry, writer: Process, time: bigint): void {
    const key = `${entry.host}/${entry.source}`;
    if (this.#writers.get(key) !== writer.pid) this.#writers.set(key, writer.pid);
    this.#place(entry, writer, this.#parts.units.current(writer.id, time)?.id ?? writer.id, time);
  }

  /** The entry's write was not seen by `now`: pid and time alone say whose it is. */
  placeLate(entry: AppEntry, now: bigint): void {
    const writer = this.#byPid(entry) ?? this.#lastWriter(entry);
    // A time cut to its second must not come before what led to the line.
    const latest = entry.time + entry.timePrecision;
    const time = now !== 0n && now < latest ? now : latest;
    if (writer === undefined) this.#print(entry, undefined, this.#unseenWriter(entry), time);
    else this.#place(entry, writer, this.#parts.units.at(writer.id, time) ?? writer.id, time);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#writers.drainInto(into);
    this.#printers.drainInto(into);
  }

  #place(entry: AppEntry, writer: Process, emitter: string, time: bigint): void {
    const profile = this.#profileOf(writer.exe);
    const matches = profile?.match(entry.message) ?? [];
    const unit = profile === undefined ? undefined : this.#walk(writer, profile.cfg, matches, time);
    this.#print(entry, writer, unit ?? emitter, time, matches[0]);
  }

  #walk(writer: Process, cfg: LmsCfg, matches: { node: LmsNode }[], time: bigint): string | undefined {
    const before = this.#parts.units.current(writer.id, time)?.id;
    const nodes = matches.map((m) => m.node);
    const unit = this.#parts.units.line(writer.id, cfg, nodes, time);
    if (unit !== undefined && unit.id !== before) unitBegan(this.#parts, writer, unit);
    return unit?.id;
  }

  #print(
    entry: AppEntry,
    writer: Process | undefined,
    emitter: string,
    time: bigint,
    match?: { node: LmsNode; variables: readonly string[] },
  ): void {
    const { template, variables } = this.#templateOf(entry.message);
    const program = writer === undefined ? entry.source : baseName(writer.exe);
    const id = templateId(program, template);
    this.#parts.builder.vertex({
      id,
      kind: 'template',
      label: match?.node.text ?? template,
      host: entry.host,
      container: writer?.container ?? entry.container,
      time,
      terms: [term('template', template)],
      properties: { program, ...(match === undefined ? {} : { lms: match.node.text }) },
    });
    this.#parts.reduction.flow(emitter, id, 'log', time, entry.byteLength);
    this.#parts.builder.use({ template: id, emitter, time, variables });
    if (writer !== undefined) this.#describe(entry, writer, emitter, time);
  }

  /** What the line says of who printed it: the unit's request, and the ids that it is found by. */
  #describe({ request, text }: AppEntry, writer: Process, emitter: string, time: bigint): void {
    const terms = this.#printers.admitted(emitter, callIdsOf(text)).map((id) => term('call', id));
    if (emitter === writer.id) {
      if (terms.length > 0) processVertex(this.#parts, writer, time, undefined, terms);
      return;
    }
    if (request !== undefined) {
      const label = `${request.method} ${request.path}`.slice(0, requestLabel_length_max);
      this.#printers.called(emitter, label);
      const { method, path, status } = request;
      terms.push(requestTerm(method, path), requestTerm(method, path, status));
      const properties = { request: label, status };
      unitVertex(this.#parts, writer, { id: emitter, time, label, terms, properties });
    } else if (terms.length > 0) {
      const label = this.#printers.labelOf(emitter) ?? unitLabel(writer, emitter);
      unitVertex(this.#parts, writer, { id: emitter, time, label, terms, properties: {} });
    }
  }

  #byPid(entry: AppEntry): Process | undefined {
    if (entry.pid === undefined) return undefined;
    const { processes } = this.#parts;
    const direct = processes.find(entry.host, entry.pid);
    if (entry.pidSource === 'host') return direct;
    if (direct !== undefined && direct.container === entry.container && !direct.exited) return direct;
    const container = entry.container ?? this.#lastWriter(entry)?.container;
    let newest: Process | undefined;
    for (const [, p] of processes.all()) {
      if (p.namespacePid !== entry.pid || p.host !== entry.host || p.exited) continue;
      if (container !== undefined && container !== p.container) continue;
      if (newest === undefined || p.start > newest.start || (p.start === newest.start && p.pid > newest.pid))
        newest = p;
    }
    return newest ?? direct;
  }

  #lastWriter(entry: AppEntry): Process | undefined {
    const pid = this.#writers.get(`${entry.host}/${entry.source}`);
    return pid === undefined ? undefined : this.#parts.processes.find(entry.host, pid);
  }

  /** A vertex for the process that wrote a log and that no system event shows. */
  #unseenWriter(entry: AppEntry): string {
    const id = `process:${entry.host}/unseen/${entry.container ?? ''}/${entry.pid ?? entry.source}`;
    const { host, container, time } = entry;
    const label = `unseen writer of ${entry.source}`;
    const terms = entry.pid === undefined ? [] : [term('pid', String(entry.pid))];
    this.#parts.builder.vertex({ id, kind: 'process', label, host, container, time, terms, properties: {} });
    return id;
  }
}

const requestLabel_length_max = 160;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
