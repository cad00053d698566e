/**
 * The stream of a source as the agent hands it on: the source's records, before a record of a container that was not
 * seen before, who that is, and after one of a process with another program, which build of it runs. It must not know
 * where the records go.
 */
import type { ContainerRecord } from '../../contract/container-record.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { writeNote } from '../../core/record/note.ts';
import { RecordFramer } from '../../core/record/record-framer.ts';
import { recordKind } from '../../core/record/record-kind.ts';
import { place, RecordView } from '../../core/record/record-view.ts';
import { type RecordFields, writeRecord } from '../../core/record/record-writer.ts';
import { monotonicTime, realTime } from '../host/this-host.ts';
import { ContainerWatch, type ContainerWatchOptions } from '../identity/container-watch.ts';
import { ProgramBuilds } from '../identity/program-builds.ts';

import type { SourcePlace } from './kept-helper.ts';

export interface CaptureStreamOptions {
  /** How containers are found; undefined where nobody should look. */
  readonly containers: Omit<ContainerWatchOptions, 'onSample'> | undefined;
  /** The record's bytes are of a chunk: use them at once, or copy them. */
  readonly onRecord: (record: RecordView) => void;
  /** Where the source's record ends that was just given. */
  readonly onPlace: (place: SourcePlace) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

/** Processes of audit lines that were looked up, and for how long that holds. */
const pids_max = 65_536;
const pid_ms_max = 60_000;
const auditPid = /\bpid=(\d{1,10})\b/;
const auditExe = /\bexe="([^"]*)"/;

export class CaptureStream {
  readonly #options: CaptureStreamOptions;
  readonly #framer: RecordFramer;
  readonly #watch: ContainerWatch | undefined;
  readonly #pids = new Map<number, number>();
  #run = '';
  /** What stands at the framer's byte zero, in what the source gives. */
  #base = 0;
  readonly #builds: ProgramBuilds;

  constructor(options: CaptureStreamOptions) {
    this.#options = options;
    this.#builds = new ProgramBuilds(options.containers?.proc);
    this.#framer = new RecordFramer({
      file: 'source',
      onRecord: (record, offset) => this.#take(record, offset),
      onHeader: () => {},
      diagnose: options.diagnose,
    });
    const onSample = (sample: ContainerRecord): void => {
      this.add({ kind: recordKind.container, texts: { payload: JSON.stringify(sample) } });
    };
    this.#watch = options.containers && new ContainerWatch({ ...options.containers, onSample });
  }

  /** What is written from now on is of this run of a source, from this byte on. */
  begin({ run, from }: { readonly run: string; readonly from: number }): void {
    this.#run = run;
    this.#base = from - this.#framer.counts.bytes;
  }

  /** What the source gave, cut anywhere. */
  write(chunk: Uint8Array): void {
    this.#framer.write(chunk);
    // Sources write whole records: nothing has to be waited for.
    this.#framer.flush();
  }

  end(): void {
    this.#framer.end();
  }

  /** Looks for containers that no record told of. */
  scanContainers(): void {
    this.#watch?.scan();
  }

  /** A record of the agent's own, of now. */
  add(fields: RecordFields): void {
    const u64 = { real_ns: realTime(), monotonic_ns: monotonicTime(), ...fields.u64 };
    this.#options.onRecord(RecordView.of(writeRecord({ ...fields, u64 })));
  }

  /** Of the log files that container runtimes write: Docker's by id, CRI's by the container's folder. */
  containerOfLog(path: string): string | undefined {
    const id = /\/([0-9a-f]{64})-json\.log/.exec(path)?.[1];
    if (id !== undefined) return this.#watch?.nameOf(id) ?? id;
    return /\/pods\/[^/]+\/([^/]+)\/\d+\.log/.exec(path)?.[1];
  }

  get skippedBytes(): number {
    return this.#framer.counts.skippedBytes + this.#framer.counts.refusedBytes;
  }

  #take(record: RecordView, offset: number): void {
    if (this.#watch !== undefined) this.#identify(record, this.#watch);
    this.#options.onRecord(record);
    this.#options.onPlace({ run: this.#run, position: this.#base + offset + record.size });
    this.#tellBuild(record);
  }

  #tellBuild(record: RecordView): void {
    const { kind } = record;
    if (kind === recordKind.exec || kind === recordKind.process) this.#told(record.tgid, record.text('exe'));
    else if (kind === recordKind.exit) this.#builds.ended(record.tgid);
    else if (kind === recordKind.auditLine) {
      const line = auditCall(record);
      if (line !== undefined)
        this.#told(Number(auditPid.exec(line)?.[1] ?? 0), auditExe.exec(line)?.[1] ?? '');
    }
  }

  #told(pid: number, path: string): void {
    const buildId = pid === 0 ? undefined : this.#builds.news(pid, path);
    if (buildId === undefined) return;
    const payload = writeNote({ note: 'image', pid, path, buildId });
    this.add({ kind: recordKind.note, texts: { payload } });
  }

  #identify(record: RecordView, watch: ContainerWatch): void {
    const { kind } = record;
    if (kind === recordKind.auditLine) this.#identifyAudit(record, watch);
    else if (kind === recordKind.fork) {
      watch.seen([record.cgroupV2, record.cgroupV1], record.text('cgroup'), record.u32(childPid));
    } else if (kind <= recordKind.exit || kind === recordKind.process) {
      watch.seen([record.cgroupV2, record.cgroupV1], record.text('cgroup'), record.tgid);
    }
  }

  #identifyAudit(record: RecordView, watch: ContainerWatch): void {
    const line = auditCall(record);
    if (line === undefined) return;
    const pid = Number(auditPid.exec(line)?.[1] ?? 0);
    const now = performance.now();
    if (pid === 0 || now - (this.#pids.get(pid) ?? -pid_ms_max) < pid_ms_max) return;
    if (this.#pids.size >= pids_max) this.#pids.delete(this.#pids.keys().next().value!);
    this.#pids.set(pid, now);
    watch.seenPid(pid);
  }
}

function auditCall(record: RecordView): string | undefined {
  const line = Buffer.from(record.textBytes('payload')).toString('latin1');
  return line.startsWith('type=SYSCALL') ? line : undefined;
}

const childPid = place('child_tgid');
