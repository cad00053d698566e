/** `disprotrack dead-letters`: what could not be folded or analysed, as an ingest service has it. */
import { Argument, type Command } from 'commander';
import { AnalysisLetterAnswer, AnalysisLetterList } from '../../contract/analysis-order.ts';
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
  readonly analyses?: true;
}

const actions = ['list', 'show', 'replay', 'drop'] as const;

export function defineDeadLetters(command: Command, context: CommandContext): void {
  command
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('[id...]', 'which of them; replay takes `all` as well')
    .option('--url <url>', 'where batches are taken', 'http://127.0.0.1:7071')
    .option('--token-file <file>', 'file with an operator’s token (or the variable DISPROTRACK_TOKEN)')
    .option('--analyses', 'programs that could not be analysed, in place of batches')
    .action(async (action: (typeof actions)[number], ids: string[], options: DeadLettersOptions) => {
      if (action !== 'list' && ids.length === 0)
        throw new UsageError(`${action} which? name an id of the list`);
      const service = new ServiceClient(options.url, await tokenOf(options.tokenFile), '--url');
      const letters = options.analyses === true ? ordersOf(service) : batchesOf(service);
      const found = await act(action, ids, letters, context);
      context.done(found ? exitCode.found : exitCode.nothing);
    });
  helpEnd(
    command,
    ['dead-letters list', 'dead-letters replay all --token-file operator.token'],
    exitCodeHelp,
  );
}

/** Dead letters of one kind. */
interface Letters {
  readonly path: string;
  readonly service: ServiceClient;
  list(): Promise<{ id: string; line: string }[]>;
  one(path: string): Promise<unknown>;
}

async function act(
  action: (typeof actions)[number],
  ids: readonly string[],
  letters: Letters,
  { terminal }: CommandContext,
): Promise<boolean> {
  if (action === 'list') {
    const found = await letters.list();
    await terminal.print(found.map(({ line }) => `${safeText(line)}\n`).join(''));
    return found.length > 0;
  }
  const { service, path } = letters;
  const all = action === 'replay' && ids.includes('all');
  for (const id of all ? (await letters.list()).map((letter) => letter.id) : ids) {
    const own = `${path}/${encodeURIComponent(id)}`;
    if (action === 'show') await terminal.print(`${JSON.stringify(await letters.one(own), null, 2)}\n`);
    else if (action === 'replay') await service.ask('POST', `${own}/replay`);
    else await service.ask('DELETE', own);
  }
  return true;
}

function batchesOf(service: ServiceClient): Letters {
  const path = '/v1/dead-letters';
  return {
    ...{ path, service },
    list: async () => {
      const { deadLetters } = DeadLetterList.parse(await service.ask('GET', path));
      return deadLetters.map((letter) => ({ id: letter.id, line: batchLine(letter) }));
    },
    one: async (letter) => DeadLetterAnswer.parse(await service.ask('GET', letter)),
  };
}

function ordersOf(service: ServiceClient): Letters {
  const path = '/v1/analyses/dead-letters';
  return {
    ...{ path, service },
    list: async () => {
      const { deadLetters } = AnalysisLetterList.parse(await service.ask('GET', path));
      return deadLetters.map((letter) => ({ id: letter.id, line: orderLine(letter) }));
    },
    one: async (letter) => AnalysisLetterAnswer.parse(await service.ask('GET', letter)),
  };
}

function batchLine({ id, stream, first, last, failedAt, size, reason }: DeadLetterAnswer): string {
  return `${id}  ${stream}  ${first}-${last}  ${size} bytes  ${failedAt}  ${reason}`;
}

function orderLine({ id, paths, failedAt, reason }: AnalysisLetterAnswer): string {
  return `${id}  ${paths.join(' ')}  ${failedAt}  ${reason}`;
}
