/**
 * `disprotrack ingest`, `worker` and `query`: one part of `serve` as a process of its own. What each is told it reads
 * itself, from options and the environment. It must not know what they do.
 */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd, storePlace } from '../option.ts';

interface Service {
  readonly start: () => Promise<unknown>;
  readonly options: readonly (readonly [string, string])[];
  readonly example: string;
}

const redis = ['--redis <url>', 'the Redis that holds what waits'] as const;
const store = ['--store <place>', `the store: ${storePlace}`] as const;
const tokens = ['--tokens <file>', 'tokens, as disprotrack token writes them'] as const;
const address = [
  ['--host <address>', 'address to listen on (default: 127.0.0.1)'],
  ['--port <n>', 'port to listen on, 0 for any'],
] as const;

const services = {
  ingest: {
    start: () => import('../../ingest/server.ts'),
    options: [
      redis,
      tokens,
      ['--insecure', 'take batches without a token; on the loopback alone'],
      ...address,
    ],
    example: 'ingest --redis redis://127.0.0.1:6379 --tokens tokens.json',
  },
  worker: {
    start: () => import('../../worker/server.ts'),
    options: [
      redis,
      store,
      ['--retain <time>', 'how long things stay: 30d, 12h (default: for ever)'],
      tokens,
      ...address,
    ],
    example: 'worker --redis redis://127.0.0.1:6379 --store neo4j://127.0.0.1:7687',
  },
  query: {
    start: () => import('../../query/server.ts'),
    options: [store, ...address],
    example: 'query --store neo4j://127.0.0.1:7687',
  },
} satisfies Record<string, Service>;

export function defineService(name: keyof typeof services) {
  const { start, options, example }: Service = services[name];
  return (command: Command, context: CommandContext): void => {
    for (const [flags, description] of options) command.option(flags, description);
    command.addHelpText(
      'after',
      '\nEach option is a variable too; docs/OPERATION.md has them, and the others.',
    );
    command.action(async () => {
      // The service reads the line as if it had been started by itself.
      process.argv.splice(process.argv.indexOf(name, 2), 1);
      await start();
      context.done((process.exitCode as ExitCode | undefined) ?? exitCode.found);
    });
    helpEnd(command, [example], exitCodeHelp);
  };
}
