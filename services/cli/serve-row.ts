/**
 * All that serves one tenant in one process: its store, an inline queue beside it, the fold worker, ingest, and the
 * query API over what was committed. It must not know of other tenants.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildIngestApp } from '../ingest/app.ts';
import { buildApp } from '../query/app.ts';
import { Access } from '../runtime/access.ts';
import type { MakeServer } from '../runtime/http/http-server.ts';
import { type LogLevel, loggerOptions } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { InlineQueue } from '../runtime/queue/inline/inline-queue.ts';
import type { Tokens } from '../runtime/tokens.ts';
import { openStore } from '../store/open-store.ts';
import { startFoldService } from '../worker/fold-service.ts';
import { LiveProfiles } from '../worker/live-profiles.ts';
import type { ProfilePlaces } from '../worker/profile-registry.ts';
import { startRetention } from '../worker/retention.ts';
import type { AnalysisSettings } from './analysis-service.ts';

export interface ServeRowOptions {
  /** Where the store is: a folder, or the address of a Neo4j. */
  readonly store: string;
  /** Folders of what waits to be folded, and of profiles that come over HTTP. */
  readonly queueDir: string;
  readonly profilesDir: string;
  readonly tenant: string | undefined;
  /** Undefined where nobody needs one. */
  readonly tokens: Tokens | undefined;
  /** Those that are read, beside the folder for those that come over HTTP. */
  readonly profiles: ProfilePlaces;
  readonly queueBytes: number | undefined;
  /** How long things stay; for ever where undefined. */
  readonly keep_ms: number | undefined;
  /** Of JSON lines; where it is undefined, what goes wrong is told to `note` alone. */
  readonly logLevel: LogLevel | undefined;
  /** Undefined where no profiles are made. */
  readonly analysis?: AnalysisSettings | undefined;
  readonly note: (text: string) => void;
  readonly makeServers?: { readonly query: MakeServer; readonly ingest: MakeServer } | undefined;
}

/** Of each sender. */
const rate = { perSecond: 1_000, burst: 4_000 };

/** Rejects with StoreError and QueueError; then nothing of it stays open. */
export async function openServeRow(options: ServeRowOptions) {
  const { tenant, tokens, note, makeServers } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    // Last opened, first closed.
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const store = await openStore(options.store, { mode: 'write' });
    closing.push(() => store.close());
    const bounds = options.queueBytes === undefined ? {} : { bytes_max: options.queueBytes };
    const queue = await InlineQueue.open(options.queueDir, bounds);
    closing.push(() => queue.close());
    const own = options.profilesDir;
    // What a tenant brings counts for itself alone.
    const registry = (tenant === undefined ? options.profiles.registries[0] : undefined) ?? own;
    if (registry === own || options.analysis !== undefined) await mkdir(registry, { recursive: true });
    const { files, registries } = options.profiles;
    const places = { files, registries: [...new Set([...registries, registry])] };
    const profiles = await LiveProfiles.open(places, ({ code, message }) => {
      if (code !== 'no-profile') note(message);
    });
    closing.push(() => profiles.stop());
    const analyses = await analysesOf(options, profiles);
    closing.push(async () => analyses?.stop());
    const access = new Access(tokens, tenant);
    const metrics = new Metrics(tenant === undefined ? {} : { tenant });
    const logger = (service: string) =>
      options.logLevel === undefined ? false : loggerOptions(service, options.logLevel);
    const query = await buildApp({
      reader: store,
      access,
      logger: logger('query'),
      onFailure: (error) => note(`a question failed: ${error}`),
      makeServer: makeServers?.query,
    });
    closing.push(() => query.close());
    const ingest = await buildIngestApp({
      queue,
      analyses: analyses?.queue,
      access,
      metrics,
      profiles: registry,
      rate,
      logger: logger('ingest'),
      onFailure: (error) => note(`a batch could not be taken: ${error}`),
      makeServer: makeServers?.ingest,
    });
    const log = options.logLevel === undefined ? notes(note) : ingest.log.child({ part: 'fold' });
    const profileOf = analyses?.profileOf ?? profiles.of;
    const service = await startFoldService({ queue, store, profileOf, metrics, log });
    closing.push(() => service.stop());
    const { keep_ms } = options;
    if (keep_ms !== undefined) {
      const onFailure = (error: unknown): void => note(`what is old could not be removed: ${error}`);
      closing.push(startRetention({ store, keep_ms, metrics, onDone: () => {}, onFailure }));
    }
    closing.push(() => ingest.close());
    await Promise.all([query.ready(), ingest.ready()]);
    return { query, ingest, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function analysesOf(
  { analysis, queueDir, profiles: places, note }: ServeRowOptions,
  profiles: LiveProfiles,
) {
  const registry = places.registries[0];
  if (analysis === undefined || registry === undefined) return undefined;
  const { startAnalysisService } = await import('./analysis-service.ts');
  const orders = join(dirname(queueDir), 'analyses');
  return await startAnalysisService({ ...analysis, registry, orders, profileOf: profiles.of, note });
}

function notes(note: (text: string) => void) {
  return {
    info: () => {},
    warn: (what: object, message: string) => note(noteOf(what, message)),
    error: (what: object, message: string) => note(noteOf(what, message)),
  };
}

function noteOf(what: object, message: string): string {
  const { err, ...rest } = what as { err?: unknown };
  const reason = err instanceof Error ? `: ${err.message}` : '';
  return `${message}${reason} ${JSON.stringify(rest)}`;
}
