/**
 * The agent: a source's records, what the agent adds of its own, and log files, in one stream; batched, spooled, sent.
 * Composes the parts and starts a source again that failed. It must not know how any part does its work.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { writeNote } from '../core/record/note.ts';
import { recordKind } from '../core/record/record-kind.ts';
import { AgentError } from './agent-error.ts';
import { readMemo, writeMemo } from './agent-memo.ts';
import { agentMetrics } from './agent-metrics.ts';
import { CaptureStream } from './capture/capture-stream.ts';
import type { SourcePlace } from './capture/kept-helper.ts';
import { RecordTally } from './capture/record-tally.ts';
import type { ContainerWatchOptions } from './identity/container-watch.ts';
import { type RecordBatch, RecordBatcher } from './record-batcher.ts';
import { Backoff } from './send/backoff.ts';
import type { IngestClient } from './send/ingest-client.ts';
import { Sender } from './send/sender.ts';
import type { StreamName } from './spool/segment.ts';
import { Spool } from './spool/spool.ts';
import type { AgentStatus } from './status-server.ts';
import { LogFollower, type LogFollowerOptions } from './tail/log-follower.ts';

/** Where records come from. */
export interface Source {
  /** Names what gives them, and where in all of that `records` begin. */
  readonly run: string;
  readonly from: number;
  /** It was there before this agent, and nothing of it is lost. */
  readonly isResumed: boolean;
  readonly isStopped: boolean;
  readonly records: AsyncIterable<Uint8Array>;
  /** What stands before this position need not be given again. */
  kept(position: number): void;
  /** Asks for the end; `records` gives what is left, and then ends. */
  stop(): void;
  /** Called when `records` ended and are kept. Rejects with AgentError where it was not asked to end. */
  ended(): Promise<void>;
}

export interface AgentOptions {
  readonly stream: StreamName;
  readonly spoolFolder: string;
  readonly spool_bytes_max: number;
  readonly client: Pick<IngestClient, 'send' | 'position'>;
  /** Undefined for an agent that only follows files. */
  readonly startSource: ((place: SourcePlace | undefined) => Promise<Source>) | undefined;
  readonly logs: Pick<LogFollowerOptions, 'patterns' | 'audit'>;
  readonly containers: Omit<ContainerWatchOptions, 'onSample'> | undefined;
  readonly onNote: (note: string, error?: unknown) => void;
}

const poll_ms = 500;
const housekeeping_ms = 1_000;
const scan_ms = 30_000;
/** A source that ran for so long is not one that can't run. */
const steady_ms = 60_000;
const drain_ms_max = 5_000;

export class Agent {
  readonly #options: AgentOptions;
  readonly #spool: Spool;
  readonly #batcher: RecordBatcher;
  readonly #stream: CaptureStream;
  readonly #sender: Sender;
  readonly #follower: LogFollower;
  readonly tally = new RecordTally();
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  #sending: Promise<void> = Promise.resolve();
  #source: Source | undefined;
  /** How far what sources gave is on its way to the spool. */
  #place: SourcePlace | undefined;
  /** Until when there were records before this agent, as long as that is not told. */
  #since: bigint | undefined;
  #sourceTrouble: string | undefined;
  #spoolTrouble: string | undefined;
  #dropped: { records: number; from: bigint; until: bigint } | undefined;
  readonly counts = { dropped: 0, restarts: 0 };

  private constructor(options: AgentOptions, spool: Spool) {
    this.#options = options;
    this.#spool = spool;
    const before = readMemo(spool.memo);
    this.#place = before.source;
    this.#batcher = new RecordBatcher({
      memo: () => writeMemo({ files: this.#follower.memo, source: this.#place }),
      onBatch: (batch) => this.#keep(batch),
    });
    this.#stream = new CaptureStream({
      containers: options.containers,
      onRecord: (record) => {
        this.tally.add(record);
        this.#batcher.add(record);
      },
      onPlace: (place) => {
        this.#place = place;
      },
      diagnose: (d) => options.onNote(d.message),
    });
    this.#follower = new LogFollower({
      ...options.logs,
      memo: before.files,
      containerOf: (path) => this.#stream.containerOfLog(path),
      onRecord: (fields) => this.#stream.add(fields),
      onTrouble: (path, error) => options.onNote(`${path} can't be followed`, error),
    });
    this.#sender = new Sender({
      spool,
      client: options.client,
      onNote: options.onNote,
      onRefused: ({ place }, why) => {
        options.onNote(`ingest refused ${place.count} records for good: ${why}`);
        this.#drop({ records: place.count, from: place.from, until: place.until });
      },
    });
  }

  /** Rejects with AgentError where the spool can't be used. */
  static async start(options: AgentOptions): Promise<Agent> {
    const spool = await Spool.open({
      folder: options.spoolFolder,
      stream: options.stream,
      spool_bytes_max: options.spool_bytes_max,
      onDropped: (dropped) => agent.#drop(dropped),
    });
    const agent: Agent = new Agent(options, spool);
    if (spool.torn_bytes > 0)
      options.onNote(`${spool.torn_bytes} bytes at the end of the spool were half written`);
    agent.#run();
    return agent;
  }

  /** Ends the source, keeps what it still gives, sends for a short while, and closes. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#source?.stop();
    await Promise.all(this.#running);
    await this.#batcher.end();
    this.#sender.drain(drain_ms_max);
    await this.#sending;
    await this.#follower.close();
    await this.#spool.close();
  }

  get status(): AgentStatus {
    const troubles = [this.#sourceTrouble, this.#spoolTrouble].filter((trouble) => trouble !== undefined);
    return {
      troubles,
      ingest: this.#sender.state.trouble,
      metrics: agentMetrics({
        tally: this.tally,
        spool: this.#spool,
        sender: this.#sender.state,
        counts: this.counts,
        skipped_bytes: this.#stream.skippedBytes,
        files: this.#follower.files,
      }),
    };
  }

  #run(): void {
    this.#since = this.#spool.until;
    if (this.#options.startSource === undefined) this.#begin();
    this.#stream.scanContainers();
    this.#sending = this.#sender.run();
    this.#running.push(this.#capture(), this.#follow(), this.#keepHouse());
  }

  /** Told where nothing was captured up to now. */
  #begin(): void {
    this.#note({ note: 'capture-began', since: this.#since });
    this.#since = undefined;
  }

  async #capture(): Promise<void> {
    const { startSource, onNote } = this.#options;
    if (startSource === undefined) return;
    const backoff = new Backoff();
    let began_ms = 0;
    while (!this.#stop.signal.aborted) {
      if (performance.now() - began_ms > steady_ms) backoff.reset();
      began_ms = performance.now();
      try {
        const source = await startSource(this.#place);
        if (!source.isResumed) this.#begin();
        await this.#read(source);
        if (this.#stop.signal.aborted) return;
        if (source.isStopped) continue;
        throw new AgentError('source', 'the source ended');
      } catch (error) {
        this.#sourceTrouble = (error as Error).message;
        onNote('the source failed; it is started again', error);
        this.#note({ note: 'source-failed', text: this.#sourceTrouble });
        this.counts.restarts++;
      }
      await this.#pause(backoff.next(undefined));
    }
  }

  async #read(source: Source): Promise<void> {
    this.#source = source;
    if (this.#stop.signal.aborted) source.stop();
    this.#stream.begin(source);
    for await (const chunk of source.records) {
      this.#sourceTrouble = undefined;
      this.#stream.write(chunk);
      await this.#batcher.room();
    }
    await this.#batcher.end();
    await source.ended();
  }

  async #follow(): Promise<void> {
    const { patterns, audit } = this.#options.logs;
    if (patterns.length === 0 && audit === undefined) return;
    while (!this.#stop.signal.aborted) {
      await this.#follower.poll();
      await this.#batcher.room();
      await this.#pause(poll_ms);
    }
  }

  async #keepHouse(): Promise<void> {
    let scanned = performance.now();
    while (!this.#stop.signal.aborted) {
      await this.#pause(housekeeping_ms);
      await this.#spool.sync().catch((error) => this.#spoolFailed(error));
      const dropped = this.#dropped;
      this.#dropped = undefined;
      if (dropped !== undefined) this.#note({ note: 'spool-dropped', ...dropped });
      if (performance.now() - scanned < scan_ms) continue;
      scanned = performance.now();
      this.#stream.scanContainers();
    }
  }

  async #keep(batch: RecordBatch): Promise<void> {
    try {
      await this.#spool.append(batch);
      this.#spoolTrouble = undefined;
    } catch (error) {
      this.#spoolFailed(error);
      this.#drop({ records: batch.count, from: batch.from, until: batch.until });
    }
    const { source: place } = readMemo(batch.memo);
    if (place !== undefined && place.run === this.#source?.run) this.#source.kept(place.position);
    this.#sender.wake();
  }

  #spoolFailed(error: unknown): void {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    if (this.#spoolTrouble === undefined) this.#options.onNote(`the spool can't be written (${why})`, error);
    this.#spoolTrouble = `the spool can't be written: ${why}`;
  }

  /** Told in the stream as soon as there is room for it. */
  #drop({ records, from, until }: { records: number; from: bigint; until: bigint }): void {
    this.counts.dropped += records;
    const before = this.#dropped;
    this.#dropped = {
      records: records + (before?.records ?? 0),
      from: before !== undefined && before.from < from ? before.from : from,
      until: before !== undefined && before.until > until ? before.until : until,
    };
  }

  #note(note: Parameters<typeof writeNote>[0]): void {
    this.#stream.add({ kind: recordKind.note, texts: { payload: writeNote(note) } });
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}
