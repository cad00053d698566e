/** `disprotrack dead-letters`: batches that could not be folded, as an ingest service has them. */
import { Argument, type Command } from 'commander';
import { DeadLetterAnswer, DeadLetterList } from '../../contract/dead-letter.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { helpEnd } from '../option.ts';
import { safeText } from '../render/safe-text.ts';
import { ServiceClient, tokenOf } from '../service-client.ts';

interface DeadLettersOptions {
  readonly url: string;
  readonly tokenFile?: string;
}

const path = '/v1/dead-letters';
const actions = ['list', 'show', 'replay', 'drop'] as const;

export function defineDeadLetters(command: Command, context: CommandContext): void {
  command
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('[id...]', 'which of them; replay takes `all` as well')
    .option('--url <url>', 'where batches are taken', 'http://127.0.0.1:7071')
    .option('--token-file <file>', 'file with an operator’s token (or the variable DISPROTRACK_TOKEN)')
    .action(async (action: (typeof actions)[number], ids: string[], options: DeadLettersOptions) => {
      if (action !== 'list' && ids.length === 0)
        throw new UsageError(`${action} which? name an id of the list`);
      const service = new ServiceClient(options.url, await tokenOf(options.tokenFile), '--url');
      const found = await act(action, ids, service, context);
      context.done(found ? exitCode.found : exitCode.nothing);
    });
  helpEnd(
    command,
    ['dead-letters list', 'dead-letters replay all --token-file operator.token'],
    exitCodeHelp,
  );
}

async function act(
  action: (typeof actions)[number],
  ids: readonly string[],
  service: ServiceClient,
  { terminal }: CommandContext,
): Promise<boolean> {
  if (action === 'list') {
    const letters = await list(service);
    await terminal.print(letters.map((letter) => `${safeText(lineOf(letter))}\n`).join(''));
    return letters.length > 0;
  }
  const all = action === 'replay' && ids.includes('all');
  for (const id of all ? (await list(service)).map((letter) => letter.id) : ids) {
    if (action === 'show') {
      const letter = DeadLetterAnswer.parse(await service.ask('GET', `${path}/${encodeURIComponent(id)}`));
      await terminal.print(`${JSON.stringify(letter, null, 2)}\n`);
    } else if (action === 'replay') await service.ask('POST', `${path}/${encodeURIComponent(id)}/replay`);
    else await service.ask('DELETE', `${path}/${encodeURIComponent(id)}`);
  }
  return true;
}

async function list(service: ServiceClient): Promise<DeadLetterAnswer[]> {
  return DeadLetterList.parse(await service.ask('GET', path)).deadLetters;
}

function lineOf({ id, stream, first, last, failedAt, size, reason }: DeadLetterAnswer): string {
  return `${id}  ${stream}  ${first}-${last}  ${size} bytes  ${failedAt}  ${reason}`;
}
