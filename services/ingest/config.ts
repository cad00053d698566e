/** Settings of the ingest service. */
import { z } from 'zod';
import { TenantName } from '../contract/batch.ts';
import { isLoopback } from '../runtime/access.ts';
import { Port } from '../runtime/config.ts';
import { logLevels } from '../runtime/logger.ts';
import { QueueSettings } from '../runtime/queue/queue-settings.ts';

export const IngestConfig = z
  .object({
    ...QueueSettings.shape,
    DISPROTRACK_INGEST_HOST: z.string().default('127.0.0.1'),
    DISPROTRACK_INGEST_PORT: Port.default(7071),
    DISPROTRACK_TOKENS: z.string().optional().describe('file of tokens, as `disprotrack token` writes it'),
    DISPROTRACK_INSECURE: z.stringbool().default(false).describe('no token is needed; on the loopback alone'),
    DISPROTRACK_TENANT: TenantName.optional(),
    DISPROTRACK_REQUESTS_PER_SECOND: z.coerce
      .number()
      .positive()
      .max(1e6)
      .default(100)
      .describe('of each sender'),
    DISPROTRACK_LOG_LEVEL: z.enum(logLevels).default('info'),
  })
  .refine((config) => !config.DISPROTRACK_INSECURE || isLoopback(config.DISPROTRACK_INGEST_HOST), {
    path: ['DISPROTRACK_INSECURE'],
    message: 'only on the loopback: anybody could write into the graph',
  });
export type IngestConfig = z.output<typeof IngestConfig>;
