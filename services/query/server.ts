/** The query service as a process: `node services/query/server.ts [--store DIR] [--tokens FILE] [--host ADDRESS] [--port N]`. */
import { configuredAccess } from '../runtime/access-settings.ts';
import { environment } from '../runtime/arguments.ts';
import { readConfig } from '../runtime/config.ts';
import { urlOf } from '../runtime/http/http-server.ts';
import { loggerOptions } from '../runtime/logger.ts';
import { Shutdown } from '../runtime/shutdown.ts';
import { runService } from '../runtime/start-failure.ts';
import { openStore } from '../store/open-store.ts';
import { buildApp } from './app.ts';
import { QueryConfig } from './config.ts';

const shutdown_ms_max = 10_000;

const options = {
  store: 'DISPROTRACK_STORE',
  tokens: 'DISPROTRACK_TOKENS',
  host: 'DISPROTRACK_QUERY_HOST',
  port: 'DISPROTRACK_QUERY_PORT',
};

await runService(() =>
  serve(readConfig(QueryConfig, environment(options, { insecure: 'DISPROTRACK_INSECURE' }))),
);

async function serve(config: QueryConfig): Promise<void> {
  let trouble = (message: string): void => void process.stderr.write(`${message}\n`);
  const secured = await configuredAccess(config, config.DISPROTRACK_QUERY_HOST, (message) =>
    trouble(message),
  );
  const reader = await openStore(config.DISPROTRACK_STORE, { mode: 'read' });
  const app = await buildApp({
    reader,
    ...secured,
    time_ms_max: config.DISPROTRACK_QUERY_TIME_MS_MAX,
    logger: loggerOptions('query', config.DISPROTRACK_LOG_LEVEL),
    onFailure: (error) => app.log.error(error, 'a request failed'),
  });
  trouble = (message) => app.log.warn(message);
  const shutdown = new Shutdown({
    time_ms_max: shutdown_ms_max,
    onNote: (note, error) => (error === undefined ? app.log.info(note) : app.log.error(error, note)),
  });
  shutdown.add('store', () => reader.close());
  shutdown.add('http', () => app.close());
  shutdown.listen();
  try {
    await app.listen({
      host: config.DISPROTRACK_QUERY_HOST,
      port: config.DISPROTRACK_QUERY_PORT,
      listenTextResolver: (address) => `Listening on ${urlOf(app.server, address)}`,
    });
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}
