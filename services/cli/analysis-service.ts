/** The analysing part of `serve`: its queue, who works on it, and the profiles that come of it. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AnalysisQueue } from '../core/analysis-queue.ts';
import type { ProfileOf } from '../core/upg/line-fold.ts';
import { InlineAnalyses } from '../runtime/queue/analyses/inline-analyses.ts';
import { type ProfilePlaces, readProfiles } from '../worker/profile-registry.ts';
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

/** Profiles go to the first of the registries. Throws QueueError and InputError. */
export async function startAnalysisService(
  { seen, time_s_max, memory_mb_max, redis }: AnalysisSettings,
  storeFolder: string,
  places: ProfilePlaces,
  note: (text: string) => void,
): Promise<AnalysisService> {
  const registry = places.registries[0]!;
  await mkdir(registry, { recursive: true });
  const read = () => readProfiles(places, (d) => note(d.message));
  let found = await read();
  const queue = await openQueue(redis, storeFolder, note);
  const programs = new SeenPrograms(queue, hostname(), (exe, error) =>
    note(`${exe} was not ordered to be analysed: ${(error as Error).message}`),
  );
  const onProfile = async (): Promise<void> => {
    try {
      found = await read();
    } catch (error) {
      // Another file of the folder may be broken, for which this program is not to blame.
      note(`the profiles of ${registry} are not read anew: ${(error as Error).message}`);
    }
  };
  const consumption = await queue.consume(
    new Analyst({ registry, time_s_max, memory_mb_max, onProfile, note }),
  );
  return {
    queue,
    profileOf: (exe, process) => {
      const profile = found(exe);
      if (seen && profile === undefined) programs.see(exe, process);
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
  storeFolder: string,
  note: (text: string) => void,
): Promise<AnalysisQueue> {
  if (url === undefined) return InlineAnalyses.open(join(storeFolder, 'analyses'));
  const { BullmqAnalyses } = await import('../runtime/queue/analyses/bullmq-analyses.ts');
  const onTrouble = (error: unknown): void => note(`Redis: ${(error as Error).message}`);
  return BullmqAnalyses.open({ url, prefix: 'disprotrack', host: hostname(), takeover_ms, onTrouble });
}
