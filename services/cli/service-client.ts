/** A service as a command talks to it: over HTTP, with a token. What it answers is the caller's to understand. */
import { readFile } from 'node:fs/promises';
import { connectionFailure } from '../runtime/connection-failure.ts';
import { CommandError, UsageError } from './failure.ts';

export interface Sent {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

const answer_ms_max = 120_000;
const problems_shown_max = 5;

/** Of an option `--token-file`, or else the variable DISPROTRACK_TOKEN. Rejects with CommandError. */
export async function tokenOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env.DISPROTRACK_TOKEN;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new CommandError('tokens', `no token can be read from ${file}`, { cause });
  }
}

export class ServiceClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #option: string;

  /** `option`: what names the service on the command line. */
  constructor(url: string, token: string | undefined, option: string) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#option = option;
  }

  /** The answer as JSON, `{}` where there is none. Rejects as `send` does. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = body === undefined ? undefined : jsonOf(body);
    const response = await this.send(method, path, sent);
    return await response.json().catch(() => ({}));
  }

  /** The answer to a question about a symptom. Rejects as `send` does, and where it is no such answer. */
  async question<T extends { readonly symptom: unknown }>(path: string, body: unknown): Promise<T> {
    const answer = (await this.ask('POST', path, body)) as Partial<T> | null;
    if (answer?.symptom !== undefined) return answer as T;
    throw new CommandError('service', `what answers at ${this.#url} is no query service`, {
      hint: `name the service with ${this.#option}`,
    });
  }

  /** The answer, which is not a refusal. Rejects with CommandError or UsageError, and what the service said. */
  async send(method: string, path: string, sent?: Sent): Promise<Response> {
    let response: Response;
    try {
      const signal = AbortSignal.timeout(answer_ms_max);
      const headers = { ...this.#headers, ...sent?.headers };
      const body = sent === undefined ? null : new Uint8Array(sent.body);
      response = await fetch(`${this.#url}${path}`, { method, headers, body, signal });
    } catch (cause) {
      const hint = `name the service with ${this.#option}`;
      const message = `${this.#url} does not answer: ${connectionFailure(cause)}`;
      throw new CommandError('service', message, { cause, hint });
    }
    if (response.ok) return response;
    const told = (await response.json().catch(() => ({}))) as Told;
    const message = `${this.#url} answered ${response.status}: ${whatWasSaid(told)}`;
    // What was asked is wrong, not the service.
    if (told.problems?.some(({ path }) => path === '/symptom')) throw new UsageError(message);
    const hint = response.status === 401 ? { hint: 'give a token with --token-file' } : {};
    throw new CommandError('service', message, hint);
  }
}

interface Told {
  readonly detail?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}

function jsonOf(value: unknown): Sent {
  return {
    body: new TextEncoder().encode(JSON.stringify(value)),
    headers: { 'content-type': 'application/json' },
  };
}

function whatWasSaid({ detail = '', problems = [] }: Told): string {
  const places = problems.slice(0, problems_shown_max).map((each) => `; ${each.path}: ${each.message}`);
  return `${detail}${places.join('')}`;
}
