/** The ingest service as a process: `node services/ingest/server.ts --redis URL [--tokens FILE] [--host ADDRESS] [--port N]`. */
import { configuredAccess } from '../runtime/access-settings.ts';
import { environment } from '../runtime/arguments.ts';
import { readConfig } from '../runtime/config.ts';
import { urlOf } from '../runtime/http/http-server.ts';
import { loggerOptions } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openConfiguredQueue } from '../runtime/queue/queue-settings.ts';
import { Shutdown } from '../runtime/shutdown.ts';
import { runService } from '../runtime/start-failure.ts';
import { buildIngestApp } from './app.ts';
import { IngestConfig } from './config.ts';

const shutdown_ms_max = 10_000;
/** Of a sender's requests, in seconds' worth. */
const burst_s = 4;

const options = {
  redis: 'DISPROTRACK_REDIS_URL',
  tokens: 'DISPROTRACK_TOKENS',
  host: 'DISPROTRACK_INGEST_HOST',
  port: 'DISPROTRACK_INGEST_PORT',
};

await runService(() =>
  serve(readConfig(IngestConfig, environment(options, { insecure: 'DISPROTRACK_INSECURE' }))),
);

async function serve(config: IngestConfig): Promise<void> {
  const perSecond = config.DISPROTRACK_REQUESTS_PER_SECOND;
  let trouble = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  const secured = await configuredAccess(config, config.DISPROTRACK_INGEST_HOST, (message) =>
    trouble(message),
  );
  const queue = await openConfiguredQueue(config, (error) => trouble(error));
  const app = await buildIngestApp({
    queue,
    ...secured,
    metrics: new Metrics(),
    profiles: config.DISPROTRACK_PROFILE_REGISTRY,
    rate: { perSecond, burst: perSecond * burst_s },
    logger: loggerOptions('ingest', config.DISPROTRACK_LOG_LEVEL),
    onFailure: (error) => app.log.error(error, 'a request failed'),
  });
  trouble = (error) => app.log.warn({ err: error }, 'trouble');
  const shutdown = new Shutdown({
    time_ms_max: shutdown_ms_max,
    onNote: (note, error) => (error === undefined ? app.log.info(note) : app.log.error(error, note)),
  });
  shutdown.add('queue', () => queue.close());
  shutdown.add('http', () => app.close());
  shutdown.listen();
  try {
    await app.listen({
      host: config.DISPROTRACK_INGEST_HOST,
      port: config.DISPROTRACK_INGEST_PORT,
      listenTextResolver: (address) => `Listening on ${urlOf(app.server, address)}`,
    });
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}
