/** Asks a service over HTTP with a token. What it answers is the caller's to understand. */
import { readFile } from 'node:fs/promises';
import { CommandError } from './failure.ts';

const answer_ms_max = 120_000;

/** Of an option `--token-file`, or else the variable DISPROTRACK_TOKEN. Throws CommandError. */
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
  readonly #headers: Record<string, string>;
  readonly #hint: string;

  /** `hint`: how to name another service. */
  constructor(url: string, token: string | undefined, hint: string) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#hint = hint;
  }

  /** The answer as JSON. Throws CommandError with what the service said. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return await (await this.fetch(method, path, body)).json();
  }

  /** The answer, which is not a refusal. */
  async fetch(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      const signal = AbortSignal.timeout(answer_ms_max);
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const headers = { ...this.#headers, ...json };
      const text = body === undefined ? null : JSON.stringify(body);
      response = await fetch(`${this.#url}${path}`, { method, headers, signal, body: text });
    } catch (cause) {
      throw new CommandError('service', `${this.#url} does not answer`, { cause, hint: this.#hint });
    }
    if (response.ok) return response;
    const said = (await response.json().catch(() => ({}))) as { detail?: unknown };
    const hint = response.status === 401 ? 'give a token with --token-file' : undefined;
    throw new CommandError('service', `${this.#url} answered ${response.status}: ${said.detail ?? ''}`, {
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
