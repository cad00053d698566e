/** Settings of the ingest service. */
import { z } from 'zod';
import { AccessSettings } from '../runtime/access-settings.ts';
import { Port } from '../runtime/config.ts';
import { logLevels } from '../runtime/logger.ts';
import { QueueSettings } from '../runtime/queue/queue-settings.ts';

export const IngestConfig = z.object({
  ...QueueSettings.shape,
  ...AccessSettings.shape,
  DISPROTRACK_PROFILE_REGISTRY: z.string().optional().describe('folder of profiles that come over HTTP'),
  DISPROTRACK_INGEST_HOST: z.string().default('127.0.0.1'),
  DISPROTRACK_INGEST_PORT: Port.default(7071),
  DISPROTRACK_REQUESTS_PER_SECOND: z.coerce
    .number()
    .positive()
    .max(1e6)
    .default(100)
    .describe('of each sender'),
  DISPROTRACK_LOG_LEVEL: z.enum(logLevels).default('info'),
});
export type IngestConfig = z.output<typeof IngestConfig>;
