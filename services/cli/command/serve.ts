/** `disprotrack serve`: takes batches, folds them, and answers, until it is stopped. */
import { type Command, Option } from 'commander';
import { isLoopback } from '../../runtime/access.ts';
import { openStore } from '../../store/open-store.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { collected, helpEnd, storeOption, wholeNumber } from '../option.ts';
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
  readonly queueMb?: number;
  readonly queryOnly?: true;
  readonly analyse?: 'asked' | 'seen';
  readonly analyseTimeout: number;
  readonly analyseMemory: number;
  readonly redis?: string;
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
    .option('--queue-mb <n>', 'what may wait to be folded, in MiB (default: 1024)', wholeNumber(1, 1 << 20))
    .addOption(
      new Option(
        '--analyse <which>',
        'make profiles into the first folder of --profiles: of programs asked for (POST /v1/analyses), or also of ' +
          'those of this host that are seen logging',
      ).choices(['asked', 'seen']),
    )
    .option('--analyse-timeout <s>', 'seconds one analysis may take', wholeNumber(1, 86_400), 300)
    .option('--analyse-memory <mb>', 'megabytes it may take', wholeNumber(100, 1 << 20), 2_048)
    .option('--redis <url>', 'keep orders for analyses in this Redis, and not beside the store')
    .option('--query-only', 'only answer: another process may write to the store meanwhile')
    .action(async (options: ServeOptions) => {
      if (options.insecure && !isLoopback(options.host))
        throw new UsageError('--insecure is for the loopback: anybody could write into the graph');
      refuseHalfAnalysis(options);
      if (options.queryOnly)
        await withReader(options.store, (reader) => serveReader(reader, options, context));
      else await serveStore(options, context);
      context.done(exitCode.found);
    });
  helpEnd(
    command,
    [
      'serve --store ./store --tokens tokens.json',
      'serve --store ./store --tokens tokens.json --profiles ./profiles --analyse seen',
      'serve --store ./store --query-only --port 7080',
    ],
    exitCodeHelp,
  );
}

function refuseHalfAnalysis({ analyse, profiles = [], queryOnly, redis }: ServeOptions): void {
  if (analyse === undefined) {
    if (redis !== undefined) throw new UsageError('--redis belongs to --analyse');
    return;
  }
  if (queryOnly) throw new UsageError('--query-only makes no profiles, so that --analyse says nothing there');
  if (profiles.length === 0) throw new UsageError('--analyse needs --profiles, the folder that gets them');
  if (redis !== undefined && !/^rediss?:\/\//.test(redis))
    throw new UsageError('--redis takes redis://… or rediss://…');
}

async function serveStore(options: ServeOptions, context: CommandContext): Promise<void> {
  // Only now: who answers alone needs neither queue nor fold.
  const { serveAll } = await import('../serve-all.ts');
  const store = await openStore(options.store, { mode: 'write' });
  try {
    const { store: dir, tokens, insecure = false, queueMb } = options;
    const profiles = { files: options.profile ?? [], registries: options.profiles ?? [] };
    const queueBytes = queueMb === undefined ? undefined : queueMb * 2 ** 20;
    const analysis =
      options.analyse === undefined
        ? undefined
        : {
            seen: options.analyse === 'seen',
            time_s_max: options.analyseTimeout,
            memory_mb_max: options.analyseMemory,
            redis: options.redis,
          };
    await serveAll({ ...options, dir, store, tokens, insecure, profiles, queueBytes, analysis }, context);
  } finally {
    await store.close();
  }
}
