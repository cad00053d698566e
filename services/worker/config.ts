/** Settings of the fold worker. */
import { z } from 'zod';
import { AccessSettings } from '../runtime/access-settings.ts';
import { Port } from '../runtime/config.ts';
import { Duration } from '../runtime/duration.ts';
import { logLevels } from '../runtime/logger.ts';
import { QueueSettings } from '../runtime/queue/queue-settings.ts';

export const WorkerConfig = z.object({
  ...QueueSettings.shape,
  ...AccessSettings.shape,
  DISPROTRACK_STORE: z.string().describe('the store: a folder, or the address of a Neo4j'),
  /** Health and metrics alone; beyond this machine only where an operator says so. */
  DISPROTRACK_WORKER_HOST: z.string().default('127.0.0.1'),
  DISPROTRACK_WORKER_PORT: Port.default(7072),
  /** LMS-CFG profiles, one path a line or separated by colons. */
  DISPROTRACK_PROFILES: z.string().optional(),
  /** Folders of such profiles, likewise. */
  DISPROTRACK_PROFILE_FOLDERS: z.string().optional(),
  /** How long things stay in the store; for ever where it is not set. One worker of a store is enough. */
  DISPROTRACK_RETAIN: Duration.optional(),
  DISPROTRACK_LOG_LEVEL: z.enum(logLevels).default('info'),
});
export type WorkerConfig = z.output<typeof WorkerConfig>;
