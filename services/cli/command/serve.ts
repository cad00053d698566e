/** `disprotrack serve`: the query API over a store, until it is stopped. */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd, storeOption, wholeNumber } from '../option.ts';
import { serveReader } from '../serve-reader.ts';
import { withReader } from '../with-reader.ts';

interface ServeOptions {
  readonly store: string;
  readonly host: string;
  readonly port: number;
}

export function defineServe(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .option(
      '--host <address>',
      'address to listen on; there is no access control, so keep it to this machine',
      '127.0.0.1',
    )
    .option('--port <n>', 'port to listen on, 0 for any', wholeNumber(0, 65_535), 7_070)
    .action(async ({ store, host, port }: ServeOptions) => {
      await withReader(store, (reader) => serveReader(reader, { host, port }, context));
      context.done(exitCode.found);
    });
  helpEnd(command, ['serve --store ./store --port 7070'], exitCodeHelp);
}
