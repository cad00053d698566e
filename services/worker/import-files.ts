/**
 * Recorded files into a store: read, merged by time, folded, committed in batches. Every batch carries the streams'
 * positions, so that an import that was stopped goes on where it was, and one that is repeated changes nothing.
 */
import { AppLogReader } from '../core/app-log/app-log-reader.ts';
import type { FormatName } from '../core/app-log/format/line-format.ts';
import { FORMATS } from '../core/app-log/format/registry.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { AuditReader } from '../core/event/audit-reader.ts';
import type { GraphDelta, GraphStore } from '../core/graph-store.ts';
import { templateOf } from '../core/lms/template.ts';
import { Fold, type FoldInput } from '../core/upg/fold.ts';
import type { ContainerSampleReader } from './container-sample-reader.ts';
import { InputSource } from './input-source.ts';
import { InputError, type InputFile, inputDate, inputSize } from './input-stream.ts';
import { mergeSources } from './merge-sources.ts';
import { ProfileRegistry, readProfiles } from './profile-registry.ts';

export interface ImportOptions {
  readonly store: GraphStore;
  readonly host: string;
  readonly audit: readonly InputFile[];
  readonly logs: readonly InputFile[];
  readonly identity: readonly InputFile[];
  readonly profiles: readonly string[];
  /** Zone of log times that name none, such as `+0530`; UTC by default. */
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
  /** In the store after the import. */
  diagnostics: { error: number; warning: number; note: number };
  phases: { name: string; ms: number }[];
  /** Audit logs and samples of containers that were not empty, and in which nothing was any. */
  useless: string[];
  detected: { file: string; format: string; confidence: number; timeRule: string }[];
}

/** Items of one commit, and those that are folded at once, so that most are forgotten while they are young. */
const batch_items = 16_384;
const run_items = 256;
/** An application's clock reading may come this much after the audit time of the call that wrote it. */
const lead_ns = 10_000_000n;

/** An agent sees a container some time after its first process began. */
const sampleLead_ns = 2_000_000_000n;

/** Throws InputError or StoreError; what was committed before stays, and a repeat goes on from there. */
export async function importFiles(options: ImportOptions): Promise<ImportSummary> {
  const run = new ImportRun(options);
  return await run.run();
}

class ImportRun {
  readonly #options: ImportOptions;
  readonly #auditReaders: AuditReader[] = [];
  readonly #sampleReaders: ContainerSampleReader[] = [];
  readonly #logReaders: { file: InputFile; reader: AppLogReader }[] = [];
  readonly #diagnostics = { error: 0, warning: 0, note: 0 };
  readonly #ms = { read: 0, fold: 0, store: 0 };
  #bytesRead = 0;
  #bytesTotal: number | undefined = 0;
  #entries = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async run(): Promise<ImportSummary> {
    const { store } = this.#options;
    const profiles = new ProfileRegistry(await readProfiles(this.#options.profiles), (message) =>
      this.#diagnose({ severity: 'warning', code: 'profile-build', message, file: '', line: 0, column: 0 }),
    );
    const sources = await this.#sources();
    const fold = new Fold({
      state: await store.state(),
      positions: await store.positions(),
      templateOf,
      profileOf: (exe) => profiles.of([{ path: exe }]),
    });
    try {
      await this.#pump(sources, fold);
    } finally {
      for (const source of sources) await source.close();
    }
    return this.#summary(fold);
  }

  async #pump(sources: readonly InputSource[], fold: Fold): Promise<void> {
    const runs = mergeSources(sources, run_items);
    let stored: Promise<void> = Promise.resolve();
    const commit = async (delta: GraphDelta): Promise<void> => {
      const began = performance.now();
      await stored;
      this.#ms.store += performance.now() - began;
      stored = this.#options.store.apply(delta);
      // Whoever awaits it next sees the failure; until then it is not unhandled.
      stored.catch(() => {});
    };
    let items = 0;
    for (;;) {
      const began = performance.now();
      const next = await runs.next();
      this.#ms.read += performance.now() - began;
      if (next.done === true) break;
      this.#fold(fold, next.value);
      items += next.value.length;
      this.#progress();
      if (items < batch_items) continue;
      await commit(this.#take(fold));
      items = 0;
    }
    // Lines of a log that goes on may wait for their write until the next import.
    if (!this.#options.growing) fold.finish();
    await commit(this.#take(fold));
    const waited = performance.now();
    await stored;
    this.#ms.store += performance.now() - waited;
    this.#progress();
  }

  #fold(fold: Fold, inputs: readonly FoldInput[]): void {
    const began = performance.now();
    for (const input of inputs) {
      if (input.item.kind === 'app') this.#entries++;
      fold.add(input);
    }
    this.#ms.fold += performance.now() - began;
  }

  #take(fold: Fold): GraphDelta {
    const began = performance.now();
    const delta = fold.take();
    this.#ms.fold += performance.now() - began;
    return delta;
  }

  async #sources(): Promise<InputSource[]> {
    const { host, audit, logs, identity, zone, year } = this.#options;
    for (const file of [...audit, ...logs, ...identity]) {
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
        const reader = new AppLogReader({ host, file: name, format, container, ...times, emit, diagnose });
        this.#logReaders.push({ file, reader });
        return reader;
      });
      sources.push(source);
    }
    if (identity.length > 0) sources.push(...(await this.#sampleSources()));
    return sources;
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
    const named = !kind.endsWith('/audit');
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
    return { records, events };
  }

  #summary(fold: Fold): ImportSummary {
    for (const [host, count] of fold.older) {
      const message = `${count} events of ${host} are older than what the store already had of it, and stand after that: import older logs first, or into a store of their own`;
      const file = this.#options.audit.map(({ name }) => name).join(', ');
      this.#diagnose({ severity: 'warning', code: 'older-log', message, file, line: 0, column: 0 });
    }
    const detected = this.#logReaders.flatMap(({ file, reader }) =>
      reader.detected === undefined ? [] : [{ file: file.name, ...reader.detected }],
    );
    return {
      ...this.#counts(),
      entries: this.#entries,
      units: fold.units,
      diagnostics: { ...this.#diagnostics },
      phases: Object.entries(this.#ms).map(([name, ms]) => ({ name, ms })),
      useless: [
        ...this.#auditReaders.filter(({ counts }) => counts.records === 0 && counts.brokenLines > 0),
        ...this.#sampleReaders.filter(({ counts }) => counts.samples === 0 && counts.broken > 0),
      ].map(({ file }) => file),
      detected,
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
  if (item.kind === 'app') return item.timeSource === 'none' ? undefined : item.time - lead_ns;
  return item.kind === 'container' ? item.time - sampleLead_ns : item.time;
}
