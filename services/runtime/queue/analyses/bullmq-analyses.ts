/**
 * The queue of analyses on Redis: an order is a job of BullMQ, a dead letter a job that failed. Each host has a queue of
 * its own, since a path means another file elsewhere. It must not know what an analysis is.
 */
import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import {
  type AnalysisBounds,
  type AnalysisConsumer,
  type AnalysisLetter,
  type AnalysisOrder,
  type AnalysisQueue,
  defaultAnalysisBounds,
  type OrderState,
  type QueuedAnalysis,
  Unanalysable,
} from '../../../core/analysis-queue.ts';
import { type Consumption, QueueError } from '../../../core/batch-queue.ts';
import { closeWorker } from '../bullmq/close-worker.ts';
import { Redis } from '../bullmq/redis.ts';
import { RedisClient } from '../bullmq/redis-client.ts';
import { orderId } from './order-id.ts';

export interface BullmqAnalysesOptions extends Partial<AnalysisBounds> {
  readonly url: string;
  readonly prefix: string;
  /** Whose paths the orders name. */
  readonly host: string;
  /** A worker that was silent so long is held to be dead. */
  readonly takeover_ms: number;
  readonly onTrouble: (error: unknown) => void;
}

type OrderJob = Job<AnalysisOrder, void>;

export class BullmqAnalyses implements AnalysisQueue {
  readonly #options: BullmqAnalysesOptions & AnalysisBounds;
  readonly #client: RedisClient;
  readonly #queue: Queue<AnalysisOrder, void>;
  readonly #name: string;
  #stopping = false;
  #stop: (() => Promise<void>) | undefined;

  private constructor(options: BullmqAnalysesOptions, client: RedisClient) {
    this.#options = { ...defaultAnalysisBounds, ...options };
    this.#name = `analyses-${options.host}`;
    this.#client = client;
    this.#queue = new Queue(this.#name, { connection: client.redis, prefix: options.prefix });
    this.#queue.on('error', options.onTrouble);
  }

  /** Throws QueueError. */
  static async open(options: BullmqAnalysesOptions): Promise<BullmqAnalyses> {
    const client = new RedisClient(options.url, options.prefix, options.onTrouble);
    try {
      await client.mustBeDurable();
    } catch (error) {
      client.redis.disconnect();
      throw error;
    }
    return new BullmqAnalyses(options, client);
  }

  async order({ paths, buildId }: AnalysisOrder): Promise<{ id: string; state: OrderState }> {
    const { orders_max, attempts_max, retry_ms_min } = this.#options;
    const id = orderId({ paths, buildId });
    const state = await this.#client.ask(async () => {
      const before = await this.#queue.getJob(id);
      if (before !== undefined) return (await before.isFailed()) ? 'dead' : 'waits';
      const counts = await this.#queue.getJobCounts('waiting', 'delayed', 'active', 'failed');
      if (Object.values(counts).some((count) => count >= orders_max)) return 'full';
      await this.#queue.add(
        'analysis',
        { paths, buildId },
        {
          jobId: id,
          attempts: attempts_max,
          backoff: { type: 'exponential', delay: retry_ms_min },
          removeOnComplete: true,
          removeOnFail: false,
        },
      );
      return 'new';
    });
    if (state !== 'full') return { id, state };
    throw new QueueError('full', `${orders_max} analyses wait, or are dead letters`);
  }

  async consume(consumer: AnalysisConsumer): Promise<Consumption> {
    const { url, prefix, takeover_ms, deaths_max, onTrouble } = this.#options;
    // BullMQ waits for its connection to come back.
    const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null });
    redis.on('error', onTrouble);
    const worker = new Worker<AnalysisOrder, void>(
      this.#name,
      (job, token) => this.#analyse(job, token, consumer),
      {
        ...{ connection: redis, prefix, concurrency: 1, lockDuration: takeover_ms },
        ...{ stalledInterval: takeover_ms / 2, maxStalledCount: deaths_max - 1 },
      },
    );
    worker.on('error', onTrouble);
    worker.on('failed', (job, error) => {
      if (job?.finishedOn !== undefined) consumer.buried(queued(job), error.message);
      else consumer.failed(job === undefined ? undefined : queued(job), error);
    });
    this.#stop = async () => {
      this.#stop = undefined;
      this.#stopping = true;
      consumer.stop();
      await closeWorker(worker);
      redis.disconnect();
    };
    return { stop: async () => this.#stop?.() };
  }

  waiting(): Promise<QueuedAnalysis[]> {
    return this.#client.ask(async () => {
      const jobs = await this.#queue.getJobs(['active', 'waiting', 'delayed']);
      return jobs.map(queued).sort((a, b) => a.orderedAt - b.orderedAt);
    });
  }

  deadLetters(): Promise<AnalysisLetter[]> {
    return this.#client.ask(async () => {
      const jobs = await this.#queue.getFailed();
      const letters = jobs.map((job) => ({
        ...queued(job),
        reason: job.failedReason ?? 'it is not known why',
        failedAt: job.finishedOn ?? 0,
      }));
      return letters.sort((a, b) => a.failedAt - b.failedAt);
    });
  }

  replay(id: string): Promise<boolean> {
    return this.#withLetter(id, (job) =>
      job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }),
    );
  }

  discard(id: string): Promise<boolean> {
    return this.#withLetter(id, (job) => job.remove());
  }

  async close(): Promise<void> {
    await this.#stop?.();
    await this.#queue.close().catch(() => {});
    this.#client.redis.disconnect();
  }

  async #analyse(job: OrderJob, token: string | undefined, consumer: AnalysisConsumer): Promise<void> {
    try {
      await consumer.analyse(queued(job));
    } catch (error) {
      if (this.#stopping) {
        await job.moveToDelayed(Date.now(), token);
        throw new DelayedError();
      }
      if (error instanceof Unanalysable) throw new UnrecoverableError(error.message);
      throw error;
    }
  }

  #withLetter(id: string, act: (job: OrderJob) => Promise<void>): Promise<boolean> {
    return this.#client.ask(async () => {
      const job = await this.#queue.getJob(id);
      if (job === undefined || !(await job.isFailed())) return false;
      await act(job);
      return true;
    });
  }
}

function queued({ id, data: { paths, buildId }, timestamp }: OrderJob): QueuedAnalysis {
  return { id: id!, paths, buildId, orderedAt: timestamp };
}
