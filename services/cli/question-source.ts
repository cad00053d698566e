/**
 * Whom a question is put to: a store, a recording, or a server. The commands that ask share the options, and do not see
 * which it was.
 */
import { type Command, Option } from 'commander';
import type { GraphReader } from '../core/graph-store.ts';
import { UsageError } from './failure.ts';
import { storePlace } from './option.ts';
import { ServiceClient, tokenOf } from './service-client.ts';
import type { Terminal } from './terminal.ts';
import { withReader } from './with-reader.ts';
import { withRecording } from './with-recording.ts';

export interface QuestionSource {
  readonly store?: string | undefined;
  readonly recording?: string | undefined;
  readonly server?: string | undefined;
  readonly tokenFile?: string | undefined;
}

export function addSourceOptions(command: Command): Command {
  return command
    .addOption(new Option('--store <place>', `the store: ${storePlace}`).conflicts(['recording', 'server']))
    .addOption(
      new Option('--recording <file>', 'ask a recording itself, without a store').conflicts('server'),
    )
    .option('--server <url>', 'ask a query service, such as http://127.0.0.1:7070')
    .option('--token-file <file>', 'file with a token for the server (or the variable DISPROTRACK_TOKEN)');
}

/** Puts the question over the reader, or to the service. Rejects as these do. */
export async function askSource<T>(
  source: QuestionSource,
  terminal: Terminal,
  ofReader: (reader: GraphReader) => Promise<T>,
  ofService: (service: ServiceClient) => Promise<T>,
): Promise<T> {
  const { store, recording, server, tokenFile } = source;
  if (store !== undefined) return await withReader(store, ofReader);
  if (recording !== undefined) return await withRecording(recording, terminal, ofReader);
  if (server === undefined)
    throw new UsageError(
      'give the store with --store, a recording with --recording, or a server with --server',
    );
  if (!/^https?:\/\/[^/]/.test(server))
    throw new UsageError('--server takes an address such as http://127.0.0.1:7070');
  return await ofService(new ServiceClient(server, await tokenOf(tokenFile), '--server'));
}
