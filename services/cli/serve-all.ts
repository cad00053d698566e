/**
 * Everything in one process, for every tenant of its tokens: what is of no tenant in the store itself, and what is of
 * one in a store below it. It must not know how any of the parts works.
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type MakeServer, serverMaker, type TlsFiles } from '../runtime/http/http-server.ts';
import type { LogLevel } from '../runtime/logger.ts';
import { isNeo4jAddress } from '../store/neo4j/address.ts';
import type { ProfilePlaces } from '../worker/profile-registry.ts';
import type { AnalysisSettings } from './analysis-service.ts';
import type { CommandContext } from './command-context.ts';
import { listen } from './listen.ts';
import { safeText } from './render/safe-text.ts';
import { openServeRow } from './serve-row.ts';
import { serveTokens } from './serve-tokens.ts';
import { TenantRows } from './tenant-rows.ts';

export interface ServeAllOptions {
  /** Where the store is: a folder, or the address of a Neo4j. */
  readonly store: string;
  /** Folder of what waits to be folded; what else is kept stands beside it. */
  readonly queueDir: string;
  readonly host: string;
  readonly port: number;
  readonly ingestPort: number;
  readonly tokens: string | undefined;
  readonly insecure: boolean;
  readonly tls: TlsFiles | undefined;
  readonly profiles: ProfilePlaces;
  readonly queueBytes: number | undefined;
  readonly logLevel: LogLevel | undefined;
  /** How long things stay; for ever where undefined. */
  readonly keep_ms: number | undefined;
  /** Undefined where no profiles are made. */
  readonly analysis: AnalysisSettings | undefined;
}

/** Resolves once stopped, with all that was in hand folded or given back. Rejects as what it opens does. */
export async function serveAll(options: ServeAllOptions, context: CommandContext): Promise<void> {
  const { store, host, queueDir, queueBytes, keep_ms, logLevel } = options;
  const home = dirname(queueDir);
  const { terminal } = context;
  const note = (text: string): void => terminal.note(`disprotrack: ${safeText(text)}\n`);
  const stopped = context.untilStopped();
  const tokens = await serveTokens(options, note);
  const shared = { tokens, profiles: options.profiles, queueBytes, keep_ms, logLevel, note };
  const rows = new TenantRows({
    tokens,
    open: async (tenant) => openServeRow({ ...shared, ...placesOf(store, home, tenant), tenant }),
    onTrouble: (error) => note(`a tenant's store: ${error}`),
  });
  const profilesDir = join(home, 'profiles');
  const own = { ...shared, store, queueDir, profilesDir, analysis: options.analysis };
  const makeServers = { query: server('query'), ingest: server('ingest') };
  const row = await openServeRow({
    ...own,
    tenant: undefined,
    makeServers,
  });
  try {
    // What waits in their queues is folded, whether or not anybody comes.
    for (const tenant of await tenantsOf(home)) await rows.of(tenant);
    const urls = {
      query: await listen(row.query, host, options.port),
      ingest: await listen(row.ingest, host, options.ingestPort, '--ingest-port'),
    };
    await terminal.print(
      `Serving the query API on ${urls.query}, and taking batches on ${urls.ingest} (Ctrl-C stops).\n`,
    );
    await stopped;
  } finally {
    await row.close();
    await rows.close();
  }

  function server(door: 'query' | 'ingest'): MakeServer {
    const tls = options.tls;
    // Who asks shows a token; who brings records shows a certificate as well.
    const files = door === 'query' && tls !== undefined ? { cert: tls.cert, key: tls.key } : tls;
    return rows.server(door, serverMaker(files, note));
  }
}

/** Throws an Error where the store is no folder: tenants then have services of their own. */
function placesOf(store: string, home: string, tenant: string) {
  if (isNeo4jAddress(store)) throw new Error(`${tenant} needs a service and a database of its own`);
  const beside = join(home, 'tenants', tenant);
  return {
    store: join(store, 'tenants', tenant),
    queueDir: join(beside, 'queue'),
    profilesDir: join(beside, 'profiles'),
  };
}

async function tenantsOf(home: string): Promise<string[]> {
  try {
    return (await readdir(join(home, 'tenants'))).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
