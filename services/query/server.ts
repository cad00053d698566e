/** The query service as a process: `node services/query/server.ts [--store DIR] [--host ADDRESS] [--port N]`. */
import { parseArgs } from 'node:util';
import { StoreError } from '../core/graph-store.ts';
import { ConfigError, readConfig } from '../runtime/config.ts';
import { loggerOptions } from '../runtime/logger.ts';
import { Shutdown } from '../runtime/shutdown.ts';
import { openStore } from '../store/open-store.ts';
import { buildApp } from './app.ts';
import { QueryConfig } from './config.ts';

const shutdown_ms_max = 10_000;

try {
  await serve(readConfig(QueryConfig, environment()));
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 3;
}

async function serve(config: QueryConfig): Promise<void> {
  const reader = await openStore(config.DISPROTRACK_STORE, { mode: 'read' });
  const app = await buildApp({
    reader,
    time_ms_max: config.DISPROTRACK_QUERY_TIME_MS_MAX,
    logger: loggerOptions('query', config.DISPROTRACK_LOG_LEVEL),
    onFailure: (error) => app.log.error(error, 'a request failed'),
  });
  const shutdown = new Shutdown({
    time_ms_max: shutdown_ms_max,
    onNote: (note, error) => (error === undefined ? app.log.info(note) : app.log.error(error, note)),
  });
  shutdown.add('store', () => reader.close());
  shutdown.add('http', () => app.close());
  shutdown.listen();
  try {
    await app.listen({ host: config.DISPROTRACK_QUERY_HOST, port: config.DISPROTRACK_QUERY_PORT });
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

/** The environment, with the arguments in place of what they name. */
function environment(): Record<string, string | undefined> {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { store: option, host: option, port: option } });
    return {
      ...process.env,
      ...(values.store === undefined ? {} : { DISPROTRACK_STORE: values.store }),
      ...(values.host === undefined ? {} : { DISPROTRACK_QUERY_HOST: values.host }),
      ...(values.port === undefined ? {} : { DISPROTRACK_QUERY_PORT: values.port }),
    };
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}

/** A sentence where the operator can do something; otherwise all that is known. */
function startFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof StoreError)
    return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return `cannot listen: ${message}`;
  return stack ?? String(error);
}
