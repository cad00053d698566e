/** `disprotrack dead-letters`: what could not be folded or analysed, as an ingest service has it. */
import { readFile } from 'node:fs/promises';
import { Argument, type Command } from 'commander';
import { AnalysisLetterAnswer, AnalysisLetterList } from '../../contract/analysis-order.ts';
import { DeadLetterAnswer, DeadLetterList } from '../../contract/dead-letter.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { CommandError, UsageError } from '../failure.ts';
import { helpEnd } from '../option.ts';
import { safeText } from '../render/safe-text.ts';

interface DeadLettersOptions {
  readonly url: string;
  readonly tokenFile?: string;
  readonly analyses?: true;
}

const answer_ms_max = 30_000;
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
      const service = new IngestService(options.url, await tokenOf(options), options.analyses === true);
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
    await terminal.print(letters.map(({ line }) => `${safeText(line)}\n`).join(''));
    return letters.length > 0;
  }
  const all = action === 'replay' && ids.includes('all');
  for (const id of all ? (await service.list()).map((letter) => letter.id) : ids) {
    if (action === 'show') {
      const letter = await service.one(id);
      await terminal.print(`${JSON.stringify(letter, null, 2)}\n`);
    } else if (action === 'replay') await service.ask('POST', `/${encodeURIComponent(id)}/replay`);
    else await service.ask('DELETE', `/${encodeURIComponent(id)}`);
  }
  return true;
}

function batchLine({ id, stream, first, last, failedAt, size, reason }: DeadLetterAnswer): string {
  return `${id}  ${stream}  ${first}-${last}  ${size} bytes  ${failedAt}  ${reason}`;
}

function orderLine({ id, paths, failedAt, reason }: AnalysisLetterAnswer): string {
  return `${id}  ${paths.join(' ')}  ${failedAt}  ${reason}`;
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
  readonly #analyses: boolean;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string | undefined, analyses: boolean) {
    this.#analyses = analyses;
    this.#url = url.replace(/\/$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async list(): Promise<{ id: string; line: string }[]> {
    const answer = await this.ask('GET', '');
    if (this.#analyses)
      return AnalysisLetterList.parse(answer).deadLetters.map((each) => ({
        id: each.id,
        line: orderLine(each),
      }));
    return DeadLetterList.parse(answer).deadLetters.map((each) => ({ id: each.id, line: batchLine(each) }));
  }

  async one(id: string): Promise<DeadLetterAnswer | AnalysisLetterAnswer> {
    const answer = await this.ask('GET', `/${encodeURIComponent(id)}`);
    return this.#analyses ? AnalysisLetterAnswer.parse(answer) : DeadLetterAnswer.parse(answer);
  }

  /** Throws CommandError with what the service said. */
  async ask(method: string, path: string): Promise<unknown> {
    const url = `${this.#url}/v1${this.#analyses ? '/analyses' : ''}/dead-letters${path}`;
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
