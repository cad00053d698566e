/**
 * Everything in one process: ingest, an inline queue in a folder, the fold worker, and the query API over what
 * was committed. It must not know how any of them works.
 */
import type { FastifyInstance } from 'fastify';
import type { GraphStore } from '../core/graph-store.ts';
import { buildIngestApp } from '../ingest/app.ts';
import { buildApp } from '../query/app.ts';
import { Access } from '../runtime/access.ts';
import { Metrics } from '../runtime/metrics.ts';
import { InlineQueue } from '../runtime/queue/inline/inline-queue.ts';
import { readTokenFile, Tokens } from '../runtime/tokens.ts';
import { startFoldService } from '../worker/fold-service.ts';
import { type ProfilePlaces, readProfiles } from '../worker/profile-registry.ts';
import { startRetention } from '../worker/retention.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './failure.ts';
import { listen } from './listen.ts';
import { safeText } from './render/safe-text.ts';

export interface ServeAllOptions {
  /** Folder of what waits to be folded. */
  readonly queueDir: string;
  readonly store: GraphStore;
  readonly host: string;
  readonly port: number;
  readonly ingestPort: number;
  readonly tokens: string | undefined;
  readonly insecure: boolean;
  readonly profiles: ProfilePlaces;
  readonly queueBytes: number | undefined;
  /** How long things stay; for ever where undefined. */
  readonly keep_ms: number | undefined;
}

/** Of each sender. */
const rate = { perSecond: 1_000, burst: 4_000 };

/** Resolves once stopped, with all that was in hand folded or given back. Rejects as what it opens does. */
export async function serveAll(options: ServeAllOptions, context: CommandContext): Promise<void> {
  const { store, host } = options;
  const { terminal } = context;
  const note = (text: string): void => terminal.note(`disprotrack: ${safeText(text)}\n`);
  const closing: (() => Promise<unknown>)[] = [];
  const stopped = context.untilStopped();
  try {
    if (options.tokens !== undefined) await refuseWithoutTokens(options.tokens);
    const profileOf = await readProfiles(options.profiles, (d) => note(d.message));
    const bytes_max = options.queueBytes;
    const queue = await InlineQueue.open(options.queueDir, bytes_max === undefined ? {} : { bytes_max });
    closing.push(() => queue.close());
    const query = await buildApp({
      reader: store,
      onFailure: (error) => note(`a question failed: ${error}`),
    });
    closing.push(() => query.close());
    const metrics = new Metrics();
    const log = {
      warn: (what: object, message: string) => note(noteOf(what, message)),
      error: (what: object, message: string) => note(noteOf(what, message)),
    };
    const service = await startFoldService({ queue, store, profileOf, metrics, log });
    closing.push(() => service.stop());
    const { keep_ms } = options;
    if (keep_ms !== undefined) {
      const onFailure = (error: unknown): void => note(`what is old could not be removed: ${error}`);
      closing.push(startRetention({ store, keep_ms, metrics, onDone: () => {}, onFailure }));
    }
    const tokens = new Tokens(options.tokens, note);
    const access = new Access(options.insecure ? undefined : tokens);
    const onFailure = (error: unknown): void => note(`a batch could not be taken: ${error}`);
    const ingest = await buildIngestApp({ queue, access, metrics, rate, onFailure });
    closing.push(() => ingest.close());
    const urls = { query: await listen(query, host, options.port), ingest: await opened(ingest, options) };
    await terminal.print(
      `Serving the query API on ${urls.query}, and taking batches on ${urls.ingest} (Ctrl-C stops).\n`,
    );
    if (options.tokens === undefined && !options.insecure)
      note('nobody has a token, so that no batch is taken; see disprotrack token --help, or use --insecure');
    await stopped;
  } finally {
    // Last opened, first closed.
    for (const close of closing.reverse()) await close();
  }
}

/** Nobody could talk to a server that starts with it. */
async function refuseWithoutTokens(path: string): Promise<void> {
  try {
    await readTokenFile(path);
  } catch (cause) {
    throw new CommandError('tokens', `${path} is no file of tokens: ${(cause as Error).message}`, {
      cause,
      hint: 'disprotrack token makes one',
    });
  }
}

function opened(ingest: FastifyInstance, { host, ingestPort }: ServeAllOptions): Promise<string> {
  return listen(ingest, host, ingestPort, '--ingest-port');
}

function noteOf(what: object, message: string): string {
  const { err, ...rest } = what as { err?: unknown };
  const reason = err instanceof Error ? `: ${err.message}` : '';
  return `${message}${reason} ${JSON.stringify(rest)}`;
}
