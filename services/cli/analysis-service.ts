/** The analysing part of `serve`: its queue, who works on it, and the profiles that come of it. */
import { hostname } from 'node:os';
import type { AnalysisQueue } from '../core/analysis-queue.ts';
import type { ProfileOf } from '../core/upg/running-programs.ts';
import { InlineAnalyses } from '../runtime/queue/analyses/inline-analyses.ts';
import { Analyst } from './analyst.ts';
import { SeenPrograms } from './seen-programs.ts';

export interface AnalysisSettings {
  /** Also of programs of this host that were seen, and not only of those that were asked for. */
  readonly seen: boolean;
  readonly time_s_max: number;
  readonly memory_mb_max: number;
  /** The Redis that keeps the orders; by default they are files beside the store. */
  readonly redis: string | undefined;
}

export interface AnalysisService {
  readonly queue: AnalysisQueue;
  readonly profileOf: ProfileOf;
  /** What is in hand is given back. */
  stop(): Promise<void>;
}

const takeover_ms = 10_000;

interface AnalysisServiceOptions extends AnalysisSettings {
  /** The folder that gets the profiles, which is there. */
  readonly registry: string;
  /** The folder that keeps the orders where no Redis does. */
  readonly orders: string;
  /** Of the profiles that there are, the new ones among them. */
  readonly profileOf: ProfileOf;
  readonly note: (text: string) => void;
}

/** Throws QueueError. */
export async function startAnalysisService(options: AnalysisServiceOptions): Promise<AnalysisService> {
  const { seen, time_s_max, memory_mb_max, redis, registry, orders, profileOf, note } = options;
  const queue = await openQueue(redis, orders, note);
  const programs = new SeenPrograms(queue, hostname(), (exe, error) =>
    note(`${exe} was not ordered to be analysed: ${(error as Error).message}`),
  );
  const consumption = await queue.consume(new Analyst({ registry, time_s_max, memory_mb_max, note }));
  return {
    queue,
    profileOf: (program) => {
      const profile = profileOf(program);
      if (seen && profile === undefined) programs.see(program);
      return profile;
    },
    stop: async () => {
      await consumption.stop();
      await queue.close();
    },
  };
}

async function openQueue(
  url: string | undefined,
  orders: string,
  note: (text: string) => void,
): Promise<AnalysisQueue> {
  if (url === undefined) return InlineAnalyses.open(orders);
  const { BullmqAnalyses } = await import('../runtime/queue/analyses/bullmq-analyses.ts');
  const onTrouble = (error: unknown): void => note(`Redis: ${(error as Error).message}`);
  return BullmqAnalyses.open({ url, prefix: 'disprotrack', host: hostname(), takeover_ms, onTrouble });
}
