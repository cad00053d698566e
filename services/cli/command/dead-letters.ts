/** `disprotrack dead-letters`: batches that could not be folded, as an ingest service has them. */
import { readFile } from 'node:fs/promises';
import { Argument, type Command } from 'commander';
import { DeadLetterAnswer, DeadLetterList } from '../../contract/dead-letter.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { CommandError, UsageError } from '../failure.ts';
import { helpEnd } from '../option.ts';
import { safeText } from '../render/safe-text.ts';

interface DeadLettersOptions {
  readonly url: string;
  readonly tokenFile?: string;
}

const answer_ms_max = 30_000;
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
      const service = new IngestService(options.url, await tokenOf(options));
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
  service: IngestService,
  { terminal }: CommandContext,
): Promise<boolean> {
  if (action === 'list') {
    const letters = await service.list();
    await terminal.print(letters.map((letter) => `${safeText(lineOf(letter))}\n`).join(''));
    return letters.length > 0;
  }
  const all = action === 'replay' && ids.includes('all');
  for (const id of all ? (await service.list()).map((letter) => letter.id) : ids) {
    if (action === 'show') {
      const letter = DeadLetterAnswer.parse(await service.ask('GET', `/${encodeURIComponent(id)}`));
      await terminal.print(`${JSON.stringify(letter, null, 2)}\n`);
    } else if (action === 'replay') await service.ask('POST', `/${encodeURIComponent(id)}/replay`);
    else await service.ask('DELETE', `/${encodeURIComponent(id)}`);
  }
  return true;
}

function lineOf({ id, stream, first, last, failedAt, size, reason }: DeadLetterAnswer): string {
  return `${id}  ${stream}  ${first}-${last}  ${size} bytes  ${failedAt}  ${reason}`;
}

async function tokenOf({ tokenFile }: DeadLettersOptions): Promise<string | undefined> {
  if (tokenFile === undefined) return process.env.DISPROTRACK_TOKEN;
  try {
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (cause) {
    throw new CommandError('tokens', `no token can be read from ${tokenFile}`, { cause });
  }
}

class IngestService {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string | undefined) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async list(): Promise<DeadLetterAnswer[]> {
    return DeadLetterList.parse(await this.ask('GET', '')).deadLetters;
  }

  /** Throws CommandError with what the service said. */
  async ask(method: string, path: string): Promise<unknown> {
    const url = `${this.#url}/v1/dead-letters${path}`;
    let response: Response;
    try {
      const signal = AbortSignal.timeout(answer_ms_max);
      response = await fetch(url, { method, headers: this.#headers, signal });
    } catch (cause) {
      const hint = 'name the service with --url';
      throw new CommandError('service', `${this.#url} does not answer`, { cause, hint });
    }
    const answer = (await response.json().catch(() => ({}))) as { detail?: unknown };
    if (response.ok) return answer;
    throw new CommandError('service', `${this.#url} answered ${response.status}: ${answer.detail ?? ''}`);
  }
}
