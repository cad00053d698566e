/** An ingest service as a command talks to it: one question at a time, and what it answers as JSON. */
import { readFile } from 'node:fs/promises';
import { CommandError } from './failure.ts';

export interface Sent {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

const answer_ms_max = 30_000;
const problems_shown_max = 5;

/** From the file, or the variable DISPROTRACK_TOKEN. Rejects with CommandError. */
export async function givenToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env.DISPROTRACK_TOKEN;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new CommandError('tokens', `no token can be read from ${file}`, { cause });
  }
}

export class IngestService {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #option: string;

  /** `option`: what names the service on the command line. */
  constructor(url: string, token: string | undefined, option: string) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#option = option;
  }

  /** Throws CommandError with what the service said. */
  async ask(method: string, path: string, sent?: Sent): Promise<{ status: number; json: unknown }> {
    let response: Response;
    try {
      const signal = AbortSignal.timeout(answer_ms_max);
      const headers = { ...this.#headers, ...sent?.headers };
      const body = sent === undefined ? null : new Uint8Array(sent.body);
      response = await fetch(`${this.#url}${path}`, { method, headers, body, signal });
    } catch (cause) {
      const hint = `name the service with ${this.#option}`;
      throw new CommandError('service', `${this.#url} does not answer`, { cause, hint });
    }
    const json = (await response.json().catch(() => ({}))) as Told;
    if (response.ok) return { status: response.status, json };
    const places = (json.problems ?? [])
      .slice(0, problems_shown_max)
      .map((each) => `; ${each.path}: ${each.message}`);
    const said = `${json.detail ?? ''}${places.join('')}`;
    throw new CommandError('service', `${this.#url} answered ${response.status}: ${said}`);
  }
}

interface Told {
  readonly detail?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}
