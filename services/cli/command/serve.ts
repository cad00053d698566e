/** `disprotrack serve`: takes batches, folds them, and answers, until it is stopped. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { isLoopback } from '../../runtime/access.ts';
import { tlsFiles } from '../../runtime/access-settings.ts';
import { type LogLevel, logLevels } from '../../runtime/logger.ts';
import { isNeo4jAddress } from '../../store/neo4j/address.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { collected, duration, helpEnd, storeOption, wholeNumber } from '../option.ts';
import { safeText } from '../render/safe-text.ts';
import { serveReader } from '../serve-reader.ts';
import { serveTokens } from '../serve-tokens.ts';
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
  readonly tenant?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly logLevel?: LogLevel;
  readonly analyse?: 'asked' | 'seen';
  readonly analyseTimeout: number;
  readonly analyseMemory: number;
  readonly redis?: string;
}

const port = wholeNumber(0, 65_535);

export function defineServe(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port of the query API, 0 for any', port, 7_070)
    .option('--ingest-port <n>', 'port that takes batches, 0 for any', port, 7_071)
    .option('--tokens <file>', 'tokens, as disprotrack token writes them')
    .option('--insecure', 'take and answer without a token; on the loopback alone')
    .option('--profile <file...>', 'LMS-CFG profile of a program', collected)
    .option('--profiles <dir...>', 'folder of profiles, as analyse --registry keeps them', collected)
    .option('--queue <dir>', 'folder of what waits to be folded (default: in the store’s)')
    .option('--queue-mb <n>', 'what may wait to be folded, in MiB (default: 1024)', wholeNumber(1, 1 << 20))
    .option('--retain <time>', 'how long things stay: 30d, 12h, 90m (default: for ever)', duration)
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
    .option('--tenant <name>', 'with --query-only: whose store it is, so that tokens of that tenant open it')
    .option('--tls-cert <file>', 'certificate in PEM; it is read again when it changes')
    .option('--tls-key <file>', 'its key')
    .option('--tls-client-ca <file>', 'whoever brings batches must have a certificate of this authority')
    .addOption(
      new Option('--log-level <level>', 'write a JSON line for each thing that happens').choices(logLevels),
    )
    .action(async (options: ServeOptions) => {
      if (options.insecure && !isLoopback(options.host))
        throw new UsageError(
          '--insecure is for the loopback: anybody could read the graph, and write into it',
        );
      refuseHalfAnalysis(options);
      if (options.queryOnly) await answerAlone(options, context);
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
  if (options.tenant !== undefined)
    throw new UsageError(
      '--tenant belongs to --query-only: a token says whose its batches and questions are',
    );
  if (options.queue === undefined && isNeo4jAddress(options.store))
    throw new UsageError('where should wait what is not folded yet? name a folder with --queue');
  const queueDir = options.queue ?? join(options.store, 'queue');
  // Only now: who answers alone needs neither queue nor fold.
  const { serveAll } = await import('../serve-all.ts');
  const { store, tokens, insecure = false, queueMb, logLevel } = options;
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
  const given = {
    store,
    queueDir,
    tokens,
    insecure,
    tls: tlsOf(options),
    profiles,
    queueBytes,
    logLevel,
    analysis,
    keep_ms: options.retain,
  };
  await serveAll({ ...options, ...given }, context);
}

async function answerAlone(options: ServeOptions, context: CommandContext): Promise<void> {
  const { host, port, tenant, tokens: path, insecure = false } = options;
  const note = (text: string): void => context.terminal.note(`disprotrack: ${safeText(text)}\n`);
  const tokens = await serveTokens({ tokens: path, insecure }, note);
  const tls = tlsOf(options);
  await withReader(options.store, (reader) =>
    serveReader(reader, { host, port, tokens, tenant, tls }, context),
  );
}

function tlsOf({ tlsCert: cert, tlsKey: key, tlsClientCa: clientCa }: ServeOptions) {
  return tlsFiles({ cert, key, clientCa });
}
