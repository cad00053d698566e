/** The fold worker as a process: `node services/worker/server.ts --redis URL --store PLACE [--retain TIME] [--host ADDRESS] [--port N]`. */
import { configuredAccess } from '../runtime/access-settings.ts';
import { environment } from '../runtime/arguments.ts';
import { readConfig } from '../runtime/config.ts';
import { urlOf } from '../runtime/http/http-server.ts';
import { loggerOptions } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openConfiguredQueue } from '../runtime/queue/queue-settings.ts';
import { Shutdown } from '../runtime/shutdown.ts';
import { runService } from '../runtime/start-failure.ts';
import { openStore } from '../store/open-store.ts';
import { buildWorkerApp } from './app.ts';
import { WorkerConfig } from './config.ts';
import { startFoldService } from './fold-service.ts';
import { LiveProfiles } from './live-profiles.ts';
import { startRetention } from './retention.ts';

const shutdown_ms_max = 30_000;

const options = {
  redis: 'DISPROTRACK_REDIS_URL',
  store: 'DISPROTRACK_STORE',
  retain: 'DISPROTRACK_RETAIN',
  tokens: 'DISPROTRACK_TOKENS',
  host: 'DISPROTRACK_WORKER_HOST',
  port: 'DISPROTRACK_WORKER_PORT',
};

await runService(() => serve(readConfig(WorkerConfig, environment(options))));

async function serve(config: WorkerConfig): Promise<void> {
  let trouble = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  const places = {
    files: paths(config.DISPROTRACK_PROFILES),
    registries: paths(config.DISPROTRACK_PROFILE_FOLDERS),
  };
  const profiles = await LiveProfiles.open(places, (d) => trouble(d.message));
  const secured = await configuredAccess(config, config.DISPROTRACK_WORKER_HOST, (message) =>
    trouble(message),
  );
  const queue = await openConfiguredQueue(config, (error) => trouble(error));
  const shutdown = new Shutdown({
    time_ms_max: shutdown_ms_max,
    onNote: (note, error) => noted(note, error),
  });
  let noted = (note: string, _error?: unknown): void => trouble(note);
  shutdown.add('profiles', () => profiles.stop());
  shutdown.add('queue', () => queue.close());
  try {
    const store = await openStore(config.DISPROTRACK_STORE, { mode: 'write' });
    shutdown.add('store', () => store.close());
    const metrics = new Metrics();
    const logger = loggerOptions('worker', config.DISPROTRACK_LOG_LEVEL);
    const app = buildWorkerApp({ queue, store, ...secured, metrics, logger });
    trouble = (error) => app.log.warn({ err: error }, 'trouble');
    noted = (note, error) => (error === undefined ? app.log.info(note) : app.log.error(error, note));
    const service = await startFoldService({
      queue,
      store,
      profileOf: profiles.of,
      metrics,
      log: app.log,
    });
    shutdown.add('fold', () => service.stop());
    const keep_ms = config.DISPROTRACK_RETAIN;
    if (keep_ms !== undefined) {
      const onDone = (removed: object): void =>
        app.log.info(removed, 'removed what is older than the window');
      const onFailure = (error: unknown): void => app.log.warn(error, 'what is old could not be removed');
      shutdown.add('retention', startRetention({ store, keep_ms, metrics, onDone, onFailure }));
    }
    shutdown.add('http', () => app.close());
    shutdown.listen();
    await app.listen({
      host: config.DISPROTRACK_WORKER_HOST,
      port: config.DISPROTRACK_WORKER_PORT,
      listenTextResolver: (address) => `Listening on ${urlOf(app.server, address)}`,
    });
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

function paths(setting: string | undefined): string[] {
  return (setting ?? '').split(/[:\n]/).filter((path) => path !== '');
}
