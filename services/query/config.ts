/** Settings of the query service. */
import { z } from 'zod';
import { AccessSettings } from '../runtime/access-settings.ts';
import { Port } from '../runtime/config.ts';
import { logLevels } from '../runtime/logger.ts';

export const QueryConfig = z.object({
  ...AccessSettings.shape,
  DISPROTRACK_STORE: z.string().describe('the store: a folder, or the address of a Neo4j'),
  /** Answers tell whatever was recorded: beyond this machine only where an operator says so. */
  DISPROTRACK_QUERY_HOST: z.string().default('127.0.0.1'),
  DISPROTRACK_QUERY_PORT: Port.default(7070),
  DISPROTRACK_QUERY_TIME_MS_MAX: z.coerce.number().int().min(10).max(600_000).default(30_000),
  DISPROTRACK_LOG_LEVEL: z.enum(logLevels).default('info'),
});
export type QueryConfig = z.output<typeof QueryConfig>;
