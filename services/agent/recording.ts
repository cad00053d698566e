/**
 * Makes a recording: a header, then a source's records as they come, compressed, until somebody says stop. It must not
 * know who starts it, nor what runs meanwhile.
 */
import { once } from 'node:events';
import { createWriteStream, realpathSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createZstdCompress, type ZstdCompress } from 'node:zlib';
import type { Diagnostic } from '../core/diagnostic.ts';
import { writeFileHeader } from '../core/record/file-header.ts';
import { recordKind } from '../core/record/record-kind.ts';
import type { RecordView } from '../core/record/record-view.ts';
import { AgentError } from './agent-error.ts';
import { CaptureStream } from './capture/capture-stream.ts';
import { type HelperOptions, HelperProcess } from './capture/helper-process.ts';
import { RecordTally } from './capture/record-tally.ts';
import { monotonicTime, realTime, thisHost } from './host/this-host.ts';
import { hostContainers } from './identity/host-containers.ts';

export interface RecordingOptions extends HelperOptions {
  /** `-` is standard output. What stood there is replaced at the end, by a recording that holds records. */
  readonly file: string;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

export interface RecordingSummary {
  readonly tally: RecordTally;
  /** Bytes that the source gave and that are no records. */
  readonly skippedBytes: number;
  readonly written_bytes: number;
}

const caughtUp_ms = 20;
/** Where the whole machine is audited and busy, its lines come many seconds late. */
const caughtUp_ms_max = 30_000;
const silence_ms = 2_000;
/** What a recorder that is killed loses at most: the compressor holds back no more. */
const flush_ms = 1_000;

export class Recording {
  readonly #options: RecordingOptions;
  readonly #helper: HelperProcess;
  readonly #tally = new RecordTally();
  readonly #stream: CaptureStream;
  #pending: Uint8Array[] = [];
  #begun: () => void = () => {};
  #newest_ns = 0n;
  #heard_ms = 0;
  #isAbandoned = false;
  #flushed_ms = 0;
  /** Processors whose counters came once. */
  readonly #counted = new Set<number>();
  /** Resolves when the source has told what was there before and follows what happens. */
  readonly begun: Promise<void>;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.begun = new Promise((resolve) => {
      this.#begun = resolve;
    });
    this.#stream = new CaptureStream({
      containers: hostContainers(),
      onRecord: (record) => {
        this.#tally.add(record);
        if (this.#isLive(record)) this.#begun();
        if (this.#isBehind(record)) this.#heard(toldTime(record));
        this.#pending.push(record.bytes.slice());
      },
      onPlace: () => {},
      diagnose: options.diagnose,
    });
    this.#helper = new HelperProcess(options);
  }

  stop(): void {
    this.#helper.stop();
  }

  /** As `stop`, and nothing is kept: the file is left as it was. */
  abandon(): void {
    this.#isAbandoned = true;
    this.stop();
  }

  /** Resolves when the source told what happened up to now, has nothing more to tell, or does not within a bound. */
  async caughtUp(): Promise<void> {
    const now_ns = realTime();
    const began_ms = performance.now();
    const isSilent = (): boolean => performance.now() - Math.max(began_ms, this.#heard_ms) > silence_ms;
    while (this.#newest_ns <= now_ns && !isSilent() && performance.now() - began_ms < caughtUp_ms_max) {
      await sleep(caughtUp_ms);
    }
  }

  /** Resolves when the source ended and all is written. Rejects with AgentError. */
  async run(): Promise<RecordingSummary> {
    const { file, source } = this.#options;
    // At once: of a helper that ends before its output is read, nothing would be left.
    const place = placeOf(file);
    const output = place === undefined ? process.stdout : createWriteStream(place.written);
    const compressed = createZstdCompress();
    compressed.pipe(output, { end: place !== undefined });
    const isWritten = Promise.all([finished(compressed), place === undefined ? undefined : finished(output)]);
    isWritten.catch(() => this.stop());
    const host = thisHost();
    const times = { real_ns: realTime(), monotonic_ns: monotonicTime() };
    compressed.write(
      writeFileHeader({ arch: host.arch, source, ...times, bootId: host.bootId, host: host.name }),
    );
    try {
      await Promise.race([this.#copy(compressed).finally(() => compressed.end()), isWritten]);
      await isWritten;
    } catch (cause) {
      this.stop();
      // What a source told before it failed is a whole recording too.
      await isWritten.catch(() => {});
      if (cause instanceof AgentError) throw cause;
      const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
      throw new AgentError('spool', `${file} can't be written (${why})`, { cause });
    } finally {
      const isKept = this.#tally.captured > 0 && output.bytesWritten > 0 && !this.#isAbandoned;
      if (place !== undefined) await settle(place, isKept);
    }
    return {
      tally: this.#tally,
      skippedBytes: this.#stream.skippedBytes,
      written_bytes: 'bytesWritten' in output ? Number(output.bytesWritten) : 0,
    };
  }

  async #copy(to: ZstdCompress): Promise<void> {
    // Of containers that are not asked for, nothing is told: the others are known by their first record.
    if (!this.#options.onlyCgroups) this.#stream.scanContainers();
    for await (const chunk of this.#helper.records) {
      this.#stream.write(chunk as Buffer);
      await this.#write(to);
    }
    this.#begun();
    this.#stream.end();
    await this.#write(to);
    await this.#helper.ended();
    this.#refuseStranger();
  }

  /** The counters alone are records, so that a helper that gives none is another program. */
  #refuseStranger(): void {
    const { helper } = this.#options;
    if (this.#tally.captured > 0 || (this.#helper.isStopped && this.#stream.skippedBytes === 0)) return;
    throw new AgentError('helper', `${helper} gave no record: it is no disprotrack-capture`, {
      hint: 'build it: kernel-module/build.sh',
    });
  }

  /** Counters come first, then what was there, then what happens, and counters again every second. */
  #isLive({ kind, cpu }: RecordView): boolean {
    if (kind <= recordKind.stack || kind === recordKind.auditLine) return true;
    if (kind !== recordKind.counters) return false;
    if (this.#counted.has(cpu)) return true;
    this.#counted.add(cpu);
    return false;
  }

  #heard(time: bigint): void {
    this.#newest_ns = time;
    this.#heard_ms = performance.now();
  }

  /** The counters of audit do not wait for its lines, which come late where much happens. */
  #isBehind({ kind }: RecordView): boolean {
    return (
      kind === recordKind.auditLine || (kind === recordKind.counters && this.#options.source !== 'audit')
    );
  }

  async #write(to: ZstdCompress): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length > 0 && !to.write(Buffer.concat(pending))) await once(to, 'drain');
    if (performance.now() - this.#flushed_ms < flush_ms) return;
    this.#flushed_ms = performance.now();
    to.flush();
  }
}

/** A line of audit is of the time that stands in it, and not of its arrival. */
function toldTime(record: RecordView): bigint {
  if (record.kind !== recordKind.auditLine) return record.real_ns;
  const head = Buffer.from(record.textBytes('payload').subarray(0, 128)).toString('latin1');
  const [, seconds, ms] = /audit\((\d+)\.(\d{3})/.exec(head) ?? [];
  return ms === undefined ? 0n : BigInt(`${seconds}${ms}`) * 1_000_000n;
}

interface Place {
  readonly written: string;
  /** The file that it becomes; undefined for a device or pipe, which is written itself. */
  readonly kept: string | undefined;
}

/** Beside the file, so that a recording that fails leaves what stood there; undefined for standard output. */
function placeOf(file: string): Place | undefined {
  if (file === '-') return undefined;
  let kept = file;
  try {
    if (!statSync(file).isFile()) return { written: file, kept: undefined };
    kept = realpathSync(file);
  } catch {
    // There is none, or the writing says what is wrong.
  }
  return { written: `${kept}.${process.pid}.part`, kept };
}

async function settle({ written, kept }: Place, isKept: boolean): Promise<void> {
  if (kept === undefined) return;
  if (isKept) await rename(written, kept);
  else await rm(written, { force: true });
}
