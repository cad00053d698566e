/** `disprotrack serve`: takes batches, folds them, and answers, until it is stopped. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { isLoopback } from '../../runtime/access.ts';
import { isNeo4jAddress } from '../../store/neo4j/address.ts';
import { openStore } from '../../store/open-store.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { collected, duration, helpEnd, storeOption, wholeNumber } from '../option.ts';
import { serveReader } from '../serve-reader.ts';
import { withReader } from '../with-reader.ts';

interface ServeOptions {
  readonly store: string;
  readonly host: string;
  readonly port: number;
  readonly ingestPort: number;
  readonly tokens?: string;
  readonly insecure?: true;
  readonly profile?: readonly string[];
  readonly profiles?: readonly string[];
  readonly queue?: string;
  readonly queueMb?: number;
  /** ms. */
  readonly retain?: number;
  readonly queryOnly?: true;
}

const port = wholeNumber(0, 65_535);

export function defineServe(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .option(
      '--host <address>',
      'address to listen on; questions need no token, so keep it to this machine',
      '127.0.0.1',
    )
    .option('--port <n>', 'port of the query API, 0 for any', port, 7_070)
    .option('--ingest-port <n>', 'port that takes batches, 0 for any', port, 7_071)
    .option('--tokens <file>', 'tokens of agents and operators, as disprotrack token writes them')
    .option('--insecure', 'take batches without a token; on the loopback alone')
    .option('--profile <file...>', 'LMS-CFG profile of a program', collected)
    .option('--profiles <dir...>', 'folder of profiles, as analyse --registry keeps them', collected)
    .option('--queue <dir>', 'folder of what waits to be folded (default: in the store’s)')
    .option('--queue-mb <n>', 'what may wait to be folded, in MiB (default: 1024)', wholeNumber(1, 1 << 20))
    .option('--retain <time>', 'how long things stay: 30d, 12h, 90m (default: for ever)', duration)
    .option('--query-only', 'only answer: another process may write to the store meanwhile')
    .action(async (options: ServeOptions) => {
      if (options.insecure && !isLoopback(options.host))
        throw new UsageError('--insecure is for the loopback: anybody could write into the graph');
      if (options.queryOnly)
        await withReader(options.store, (reader) => serveReader(reader, options, context));
      else await serveStore(options, context);
      context.done(exitCode.found);
    });
  helpEnd(
    command,
    ['serve --store ./store --tokens tokens.json', 'serve --store ./store --query-only --port 7080'],
    exitCodeHelp,
  );
}

async function serveStore(options: ServeOptions, context: CommandContext): Promise<void> {
  const queueDir = options.queue ?? join(options.store, 'queue');
  if (options.queue === undefined && isNeo4jAddress(options.store))
    throw new UsageError('where should wait what is not folded yet? name a folder with --queue');
  // Only now: who answers alone needs neither queue nor fold.
  const { serveAll } = await import('../serve-all.ts');
  const store = await openStore(options.store, { mode: 'write' });
  try {
    const { tokens, insecure = false, queueMb } = options;
    const profiles = { files: options.profile ?? [], registries: options.profiles ?? [] };
    const queueBytes = queueMb === undefined ? undefined : queueMb * 2 ** 20;
    await serveAll(
      { ...options, queueDir, store, keep_ms: options.retain, tokens, insecure, profiles, queueBytes },
      context,
    );
  } finally {
    await store.close();
  }
}
