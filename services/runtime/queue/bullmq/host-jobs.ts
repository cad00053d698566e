/**
 * Jobs of hosts in BullMQ: which worker may fold which host now. It must not know batches; a host's lane does, and
 * says what its host needs next.
 */
import { Queue, Worker } from 'bullmq';
import type { BatchConsumer, Consumption, QueueBounds } from '../../../core/batch-queue.ts';
import { handOver, type Lane, type LaneState } from '../hand-over.ts';
import { retryPause } from '../retry-pause.ts';
import { closeWorker } from './close-worker.ts';
import { Redis } from './redis.ts';
import type { RedisLane } from './redis-lane.ts';

export interface HostJobsOptions {
  readonly url: string;
  readonly prefix: string;
  readonly takeover_ms: number;
  readonly onTrouble: (error: unknown) => void;
}

interface HostJob {
  readonly host: string;
  /** In a row. */
  readonly failures: number;
}

const name = 'hosts';
/** Hand-overs of one job, so that every host has its turn. */
const turns_max = 16;
/** How often lanes without a job are looked for. */
const sweep_ms = 2_000;

export class HostJobs {
  readonly #options: HostJobsOptions;
  readonly #redis: Redis;
  readonly #queue: Queue<HostJob, LaneState>;
  readonly #inHand = new Set<Promise<LaneState>>();
  #stopping = false;
  #stop: (() => Promise<void>) | undefined;

  constructor(options: HostJobsOptions) {
    this.#options = options;
    // BullMQ waits for its connection to come back.
    this.#redis = new Redis(options.url, { lazyConnect: true, maxRetriesPerRequest: null });
    this.#redis.on('error', options.onTrouble);
    this.#queue = new Queue<HostJob, LaneState>(name, { connection: this.#redis, prefix: options.prefix });
    this.#queue.on('error', options.onTrouble);
  }

  /** The host has something that waits. Where this fails, a sweep finds the host. */
  wake(host: string): void {
    this.#add({ host, failures: 0 }, 0).catch(this.#options.onTrouble);
  }

  async consume(
    consumer: BatchConsumer,
    bounds: QueueBounds,
    laneOf: (host: string) => RedisLane,
    waitingHosts: () => Promise<string[]>,
  ): Promise<Consumption> {
    const { prefix, takeover_ms, onTrouble } = this.#options;
    const worker = new Worker<HostJob, LaneState>(
      name,
      (job) => this.#held(this.#handOver(laneOf(job.data.host), consumer, bounds)),
      {
        connection: this.#redis,
        prefix,
        concurrency: bounds.hosts_max,
        lockDuration: takeover_ms,
        stalledInterval: takeover_ms / 2,
        // How many deaths are too many is the batch's affair: see `deaths_max`.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      },
    );
    worker.on('error', onTrouble);
    worker.on('completed', (job, state) => {
      this.#again(job.data, state, laneOf, bounds).catch(onTrouble);
    });
    const sweep = async (): Promise<void> => {
      for (const host of await waitingHosts()) this.wake(host);
    };
    const timer = setInterval(() => sweep().catch(onTrouble), sweep_ms);
    await sweep().catch(onTrouble);
    this.#stop = async () => {
      this.#stopping = true;
      clearInterval(timer);
      await worker.pause(true);
      await Promise.all(this.#inHand);
      await closeWorker(worker);
    };
    return { stop: this.#stop };
  }

  async close(): Promise<void> {
    await this.#stop?.();
    await this.#queue.close();
    this.#redis.disconnect();
  }

  async #held(work: Promise<LaneState>): Promise<LaneState> {
    this.#inHand.add(work);
    try {
      return await work;
    } finally {
      this.#inHand.delete(work);
    }
  }

  async #handOver(lane: Lane, consumer: BatchConsumer, bounds: QueueBounds): Promise<LaneState> {
    try {
      for (let turn = 0; turn < turns_max && !this.#stopping; turn++) {
        const state = await handOver(lane, consumer, bounds);
        if (state !== 'more') return state;
      }
      return 'more';
    } catch (error) {
      consumer.failed([], error);
      return 'later';
    }
  }

  /** A wake while the job was in hand was for nothing, so that an empty lane is looked at once more. */
  async #again(
    job: HostJob,
    state: LaneState,
    laneOf: (host: string) => RedisLane,
    bounds: QueueBounds,
  ): Promise<void> {
    if (state === 'later') {
      const failures = job.failures + 1;
      await this.#add({ ...job, failures }, retryPause(bounds.retry_ms_min, failures));
    } else if (state === 'more' || !(await laneOf(job.host).isEmpty()))
      await this.#add({ ...job, failures: 0 }, 0);
  }

  async #add(job: HostJob, delay: number): Promise<void> {
    // Where the host has a job, this adds none. A number would be no name for one.
    const jobId = `host-${job.host}`;
    await this.#queue.add(name, job, { jobId, delay, removeOnComplete: true, removeOnFail: true });
  }
}
