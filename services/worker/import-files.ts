/**
 * Recorded files into a store: read, merged by time, folded, committed in batches. Every batch carries the streams'
 * positions, so that an import that was stopped goes on where it was, and one that is repeated changes nothing.
 */
import { AppLogReader } from '../core/app-log/app-log-reader.ts';
import type { FormatName } from '../core/app-log/format/line-format.ts';
import { FORMATS } from '../core/app-log/format/registry.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { AuditReader } from '../core/event/audit-reader.ts';
import type { GraphStore } from '../core/graph-store.ts';
import type { RecordReader } from '../core/record/record-reader.ts';
import type { SensorName } from '../core/sensor/sensor-name.ts';
import type { SensorReader } from '../core/sensor/sensor-reader.ts';
import type { Fold, FoldInput } from '../core/upg/fold.ts';
import type { ContainerSampleReader } from './container-sample-reader.ts';
import { commit_items, FoldSession, keptBy, weightOf } from './fold-session.ts';
import { HalfLines } from './half-lines.ts';
import { InputSource } from './input-source.ts';
import { InputError, type InputFile, inputDate, inputSize } from './input-stream.ts';
import { mergeSources } from './merge-sources.ts';
import { readProfiles } from './profile-registry.ts';

export interface ImportOptions {
  readonly store: GraphStore;
  readonly host: string;
  readonly audit: readonly InputFile[];
  readonly logs: readonly InputFile[];
  readonly identity: readonly InputFile[];
  /** Recordings of capture sources, whole in themselves: calls, log lines and containers. */
  readonly recordings?: readonly InputFile[];
  /** JSON lines of other sensors; `format` names the sensor, which is told by the lines where it is undefined. */
  readonly sensors?: readonly InputFile[] | undefined;
  readonly profiles: readonly string[];
  /** Folders of profiles. */
  readonly registries?: readonly string[] | undefined;
  /** Zone of log times that name none, such as `+0530` or `Europe/Berlin`; UTC by default. */
  readonly zone?: string | undefined;
  /** Of the first line of logs that name no year; the latest that the file's date allows by default. */
  readonly year?: number | undefined;
  /** The plain inputs are still being written: what is not whole at their end is left for the next import. */
  readonly growing?: boolean | undefined;
  readonly onProgress: (p: ImportProgress) => void;
  readonly onDiagnostic: (d: Diagnostic) => void;
}

export interface ImportProgress {
  readonly bytesRead: number;
  /** Undefined where an input's size is not known. */
  readonly bytesTotal: number | undefined;
  readonly records: number;
  readonly events: number;
}

export interface ImportSummary {
  records: number;
  events: number;
  entries: number;
  units: number;
  /** Records that the sources of recordings lost, as far as a number is known. */
  lost: number;
  /** In the store after the import. */
  diagnostics: { error: number; warning: number; note: number };
  phases: { name: string; ms: number }[];
  /** Audit logs and samples of containers that were not empty, and in which nothing was any. */
  useless: string[];
  detected: { file: string; format: string; confidence: number; timeRule: string }[];
  /** Logs that held nothing, so that nothing tells their format. */
  empty: string[];
  /** How far the clocks of logs are from the kernel's, where that is known. */
  clocks: { source: string; add_ns: bigint; bound_ns: bigint }[];
}

/** Items that are folded at once, so that most are forgotten while they are young. */
const run_items = 256;
/** An application's clock reading may come this much after the audit time of the call that wrote it. */
const lead_ns = 10_000_000n;

/** An agent sees a container some time after its first process began. */
const sampleLead_ns = 2_000_000_000n;

/**
 * Throws InputError or StoreError; what was committed before stays, and a repeat goes on from there. Of an input that
 * is damaged, all that came before the damage is committed first.
 */
export async function importFiles(options: ImportOptions): Promise<ImportSummary> {
  const run = new ImportRun(options);
  return await run.run();
}

class ImportRun {
  readonly #options: ImportOptions;
  readonly #auditReaders: AuditReader[] = [];
  readonly #sampleReaders: ContainerSampleReader[] = [];
  readonly #recordReaders: RecordReader[] = [];
  readonly #sensorReaders: SensorReader[] = [];
  readonly #logReaders: { file: InputFile; reader: AppLogReader }[] = [];
  readonly #diagnostics = { error: 0, warning: 0, note: 0 };
  readonly #ms = { read: 0, fold: 0 };
  #bytesRead = 0;
  #bytesTotal: number | undefined = 0;
  #entries = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async run(): Promise<ImportSummary> {
    const { profiles: files, registries = [] } = this.#options;
    const profileOf = await readProfiles({ files, registries }, (d) => this.#diagnose(d));
    const sources = await this.#sources();
    const { store } = this.#options;
    const kept = await keptBy(store);
    const halfLines = new HalfLines(kept.positions ?? new Map());
    const session = new FoldSession(store, kept, profileOf);
    try {
      await this.#pump(sources, session, halfLines);
    } finally {
      for (const source of sources) await source.close();
    }
    const damage = sources.find((source) => source.damage !== undefined)?.damage;
    if (damage !== undefined) throw damage;
    for await (const d of halfLines.grown(store)) this.#diagnose(d);
    return this.#summary(session);
  }

  async #pump(sources: readonly InputSource[], session: FoldSession, halfLines: HalfLines): Promise<void> {
    const runs = mergeSources(sources, run_items);
    let items = 0;
    for (;;) {
      const began = performance.now();
      const next = await runs.next();
      this.#ms.read += performance.now() - began;
      if (next.done === true) break;
      this.#fold(session.fold, next.value);
      for (const input of next.value) {
        items += weightOf(input.item);
        halfLines.see(input);
      }
      this.#progress();
      if (items < commit_items) continue;
      await session.commit();
      items = 0;
    }
    // Lines of a log that goes on may wait for their write until the next import.
    if (!this.#options.growing) session.fold.finish();
    await session.commit();
    await session.settle();
    this.#progress();
  }

  #fold(fold: Fold, inputs: readonly FoldInput[]): void {
    const began = performance.now();
    for (const input of inputs) {
      const { item } = input;
      if (item.kind === 'app') this.#entries++;
      else if (item.kind === 'system') this.#entries += item.kernel?.entries.length ?? 0;
      fold.add(input);
    }
    this.#ms.fold += performance.now() - began;
  }

  async #sources(): Promise<InputSource[]> {
    const { host, audit, logs, identity, recordings = [], sensors = [], zone, year } = this.#options;
    for (const file of [...audit, ...logs, ...identity, ...recordings, ...sensors]) {
      const size = await inputSize(file);
      this.#bytesTotal =
        size === undefined || this.#bytesTotal === undefined ? undefined : this.#bytesTotal + size;
    }
    const diagnose = (d: Diagnostic): void => this.#diagnose(d);
    const sources = audit.map((file) =>
      this.#source(file, `${host}/audit`, (emit) => {
        const reader = new AuditReader({ host, file: file.name, emit, diagnose });
        this.#auditReaders.push(reader);
        return reader;
      }),
    );
    for (const file of logs) {
      const notAfter = await inputDate(file);
      const source = this.#source(file, `${host}/log`, (emit) => {
        const { name, container } = file;
        const format = file.format === undefined ? undefined : namedFormat(file.format);
        const times = { zone, defaultYear: year, notAfter };
        const to = { emit, keep: emit, diagnose };
        const reader = new AppLogReader({ host, file: name, format, container, ...times, ...to });
        this.#logReaders.push({ file, reader });
        return reader;
      });
      sources.push(source);
    }
    if (identity.length > 0) sources.push(...(await this.#sampleSources()));
    if (recordings.length > 0) sources.push(...(await this.#recordingSources(recordings)));
    if (sensors.length > 0) sources.push(...(await this.#sensorSources(sensors)));
    return sources;
  }

  async #recordingSources(recordings: readonly InputFile[]): Promise<InputSource[]> {
    const { host } = this.#options;
    const { RecordReader } = await import('../core/record/record-reader.ts');
    const { containerSample: sampleOf } = await import('../contract/container-record.ts');
    return recordings.map((file) =>
      this.#source(file, `${host}/recording`, (emit) => {
        const diagnose = (d: Diagnostic): void => this.#diagnose(d);
        const named = { host, bootId: '', file: file.name, state: new Map<string, string>() };
        const reader = new RecordReader({ ...named, sampleOf, emit, diagnose });
        this.#recordReaders.push(reader);
        return reader;
      }),
    );
  }

  async #sensorSources(sensors: readonly InputFile[]): Promise<InputSource[]> {
    const { host } = this.#options;
    const { SensorReader } = await import('../core/sensor/sensor-reader.ts');
    return sensors.map((file) =>
      this.#source(file, `${host}/sensor`, (emit) => {
        const diagnose = (d: Diagnostic): void => this.#diagnose(d);
        const sensor = file.format as SensorName | undefined;
        const reader = new SensorReader({ host, file: file.name, sensor, emit, diagnose });
        this.#sensorReaders.push(reader);
        return reader;
      }),
    );
  }

  async #sampleSources(): Promise<InputSource[]> {
    const { host, identity } = this.#options;
    // Only now: its schemas take longer to load than a small import takes.
    const { ContainerSampleReader } = await import('./container-sample-reader.ts');
    return identity.map((file) => {
      const make = (emit: (item: FoldInput['item']) => void): ContainerSampleReader => {
        const diagnose = (d: Diagnostic): void => this.#diagnose(d);
        const reader = new ContainerSampleReader({ host, file: file.name, emit, diagnose });
        this.#sampleReaders.push(reader);
        return reader;
      };
      return this.#source(file, `${host}/identity`, make);
    });
  }

  #source(
    file: InputFile,
    kind: string,
    makeReader: ConstructorParameters<typeof InputSource>[4],
  ): InputSource {
    const onRead = (bytes: number): void => {
      this.#bytesRead += bytes;
    };
    const named = kind.endsWith('/log') || kind.endsWith('/identity');
    return new InputSource(file, kind, named, mergeTime, makeReader, onRead, this.#options.growing ?? false);
  }

  #diagnose(d: Diagnostic): void {
    this.#diagnostics[d.severity]++;
    this.#options.onDiagnostic(d);
  }

  #progress(): void {
    const { records, events } = this.#counts();
    this.#options.onProgress({ bytesRead: this.#bytesRead, bytesTotal: this.#bytesTotal, records, events });
  }

  #counts(): { records: number; events: number } {
    let records = 0;
    let events = 0;
    for (const { counts } of this.#auditReaders) {
      records += counts.records;
      events += counts.events;
    }
    for (const { counts } of this.#recordReaders) {
      records += counts.frames.records;
      events += counts.events;
    }
    for (const { counts } of this.#sensorReaders) {
      records += counts.events + counts.ignored;
      events += counts.events;
    }
    return { records, events };
  }

  #summary({ fold, ms }: FoldSession): ImportSummary {
    for (const [host, count] of fold.older) {
      const message = `${count} events of ${host} are older than what the store already had of it, and stand after that: import older logs first, or into a store of their own`;
      const file = this.#options.audit.map(({ name }) => name).join(', ');
      this.#diagnose({ severity: 'warning', code: 'older-log', message, file, line: 0, column: 0 });
    }
    const detected = this.#logReaders.flatMap(({ file, reader }) =>
      reader.detected === undefined || reader.counts.lines === 0
        ? []
        : [{ file: file.name, ...reader.detected }],
    );
    const empty = this.#logReaders.filter(({ reader }) => reader.counts.lines === 0);
    return {
      ...this.#counts(),
      entries: this.#entries,
      units: fold.units,
      lost: this.#recordReaders.reduce((sum, { counts }) => sum + counts.lost, 0),
      diagnostics: { ...this.#diagnostics },
      phases: [
        { name: 'read', ms: this.#ms.read },
        { name: 'fold', ms: this.#ms.fold + ms.take },
        { name: 'store', ms: ms.store },
      ],
      useless: [
        ...this.#auditReaders.filter(({ counts }) => counts.records === 0 && counts.brokenLines > 0),
        ...this.#sampleReaders.filter(({ counts }) => counts.samples === 0 && counts.broken > 0),
        ...this.#recordReaders.filter(({ counts }) => counts.frames.records === 0),
        ...this.#sensorReaders.filter(
          ({ counts }) => counts.broken > 0 && counts.broken === counts.lines - counts.blank,
        ),
      ].map(({ file }) => file),
      detected,
      empty: empty.map(({ file }) => file.name),
      clocks: fold.clocks().map(([key, { add, bound }]) => ({
        source: key.slice(key.indexOf('/') + 1),
        add_ns: add,
        bound_ns: bound,
      })),
    };
  }
}

function namedFormat(name: string): FormatName {
  const known = FORMATS.find((f) => f.name === name);
  if (known !== undefined) return known.name;
  const names = FORMATS.map((f) => f.name).join(', ');
  throw new InputError('format', `there is no log format ${name}`, { hint: `name one of ${names}` });
}

/** Undefined: with the item before it. */
function mergeTime(item: FoldInput['item']): bigint | undefined {
  if (item.kind === 'gap' || item.kind === 'line' || item.kind === 'image') return undefined;
  if (item.kind === 'app') return item.timeSource === 'none' ? undefined : item.time - lead_ns;
  return item.kind === 'container' ? item.time - sampleLead_ns : item.time;
}
