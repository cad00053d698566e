/**
 * Folds application entries whose writer is known (or guessed) into the graph: the line's template, the unit that
 * printed it, and what the line says of the unit. It must not know how an entry found its place.
 */
import type { StreamEntry } from '../app-log/app-entry.ts';
import { LearnedStatements } from '../lms/learned-statements.ts';
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';
import { StateTable } from '../state-table.ts';
import type { FoldParts } from './flow/flow-context.ts';
import { lmsId, templateId, term } from './identity.ts';
import type { ImageBuild } from './image-build.ts';
import type { Process } from './process-table.ts';
import { unitBegan, unitVertex } from './unit-vertex.ts';

export type TemplateOf = (message: string) => { template: string; variables: readonly string[] };

/** What a process runs, as far as it is known. */
export interface RunningProgram {
  readonly exe: string;
  /** What it was called with, the program's own name first. */
  readonly argv: readonly string[];
  readonly buildId: string | undefined;
}

/** The LMS-CFG of a program and the nodes that a message may come from; undefined where there is no profile. */
export type ProfileOf = (
  program: RunningProgram,
) => { cfg: LmsCfg; match(message: string): { node: LmsNode; variables: readonly string[] }[] } | undefined;

export class LineFold {
  readonly #parts: FoldParts;
  /** host/source → pid of the process that wrote its last line. */
  readonly #writers: StateTable<number>;
  readonly #learned: LearnedStatements;
  /** host/pid → the build that an agent read of its program. */
  readonly #builds: StateTable<readonly [path: string, buildId: string]>;
  /** Templates of which it turned out just now that their statement is that of an older one. */
  #joined: string[] = [];
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
    this.#builds = new StateTable('build', saved);
    this.#learned = new LearnedStatements(saved, (_, founder) => this.#joined.push(founder));
    this.#templateOf = templateOf;
    this.#profileOf = profileOf;
  }

  /** The entry was written by `process` at `time`. */
  place(entry: StreamEntry, writer: Process, time: bigint): void {
    const key = `${entry.host}/${entry.source}`;
    if (this.#writers.get(key) !== writer.pid) this.#writers.set(key, writer.pid);
    this.#place(entry, writer, this.#parts.units.current(writer.id, time)?.id ?? writer.id, time);
  }

  /** The entry's write was not seen by `now`: pid and time alone say whose it is. */
  placeLate(entry: StreamEntry, now: bigint): void {
    const writer = this.#byPid(entry) ?? this.#lastWriter(entry);
    // A time cut to its second must not come before what led to the line.
    const latest = entry.time + entry.timePrecision;
    const time = now !== 0n && now < latest ? now : latest;
    if (writer === undefined) this.#print(entry, undefined, this.#unseenWriter(entry), time);
    else this.#place(entry, writer, this.#parts.units.at(writer.id, time) ?? writer.id, time);
  }

  image({ host, pid, path, buildId }: ImageBuild): void {
    this.#builds.set(`${host}/${pid}`, [path, buildId]);
  }

  /** Until it executes another image a child runs its parent's. */
  born(child: Process, parent: Process | undefined): void {
    const build = parent === undefined ? undefined : this.#builds.get(`${parent.host}/${parent.pid}`);
    if (build !== undefined && build[0] === child.exe) this.#builds.set(`${child.host}/${child.pid}`, build);
  }

  exited({ host, pid }: Process): void {
    this.#builds.delete(`${host}/${pid}`);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#writers.drainInto(into);
    this.#learned.drainInto(into);
    this.#builds.drainInto(into);
  }

  #place(entry: StreamEntry, writer: Process, emitter: string, time: bigint): void {
    const { exe, argv } = writer;
    const profile = this.#profileOf({ exe, argv: argv.split(' '), buildId: this.#buildOf(writer) });
    const matches = profile?.match(entry.message) ?? [];
    const unit = profile === undefined ? undefined : this.#walk(writer, profile.cfg, matches, time);
    this.#print(entry, writer, unit ?? emitter, time, matches[0]);
  }

  #buildOf({ host, pid, exe }: Process): string | undefined {
    const [path, buildId] = this.#builds.get(`${host}/${pid}`) ?? [];
    return path === exe ? buildId : undefined;
  }

  #walk(writer: Process, cfg: LmsCfg, matches: { node: LmsNode }[], time: bigint): string | undefined {
    const before = this.#parts.units.current(writer.id, time)?.id;
    const nodes = matches.map((m) => m.node);
    const unit = this.#parts.units.line(writer.id, cfg, nodes, time);
    if (unit !== undefined && unit.id !== before) unitBegan(this.#parts, writer, unit);
    return unit?.id;
  }

  #print(
    entry: StreamEntry,
    writer: Process | undefined,
    emitter: string,
    time: bigint,
    match?: { node: LmsNode; variables: readonly string[] },
  ): void {
    const { template, variables } = this.#templateOf(entry.message);
    const program = writer === undefined ? entry.source : baseName(writer.exe);
    const id = templateId(program, template);
    const container = writer?.container ?? entry.container;
    const printed = { program, host: entry.host, container, time };
    if (match !== undefined)
      this.#template(printed, template, lmsId(program, match.node.text), match.node.text);
    else this.#template(printed, template, templateId(program, this.#learned.of(program, template)));
    for (const founder of this.#joined.splice(0)) {
      if (founder !== template)
        this.#template(printed, founder, templateId(program, this.#learned.of(program, founder)));
    }
    this.#parts.reduction.flow(emitter, id, 'log', time, entry.byteLength);
    const place = { stream: entry.stream, number: entry.line, count: entry.lines };
    this.#parts.builder.use({ template: id, emitter, time, variables, place });
    if (entry.request !== undefined && writer !== undefined && emitter !== writer.id) {
      const label = `${entry.request.method} ${entry.request.path}`.slice(0, requestLabel_length_max);
      unitVertex(this.#parts, writer, emitter, time, label, undefined);
    }
  }

  /** `statement`: what the statement is known by that printed it; `lms` its text, where a profile has it. */
  #template(printed: Printed, template: string, statement: string, lms?: string): void {
    const { program, ...place } = printed;
    const id = templateId(program, template);
    const isOwn = statement === id;
    this.#parts.builder.vertex({
      id,
      kind: 'template',
      label: lms ?? template,
      ...place,
      terms: [term('template', template), ...(isOwn ? [] : [term('statement', statement)])],
      properties: { program, ...(isOwn ? {} : { statement }), ...(lms === undefined ? {} : { lms }) },
    });
  }

  #byPid(entry: StreamEntry): Process | undefined {
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

interface Printed {
  readonly program: string;
  readonly host: string;
  readonly container: string | undefined;
  readonly time: bigint;
}

const requestLabel_length_max = 160;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
