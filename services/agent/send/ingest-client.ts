/** The batch protocol from the agent's side: one batch in one request, and what the answer means. No retries here. */
import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { z } from 'zod';
import { connectionFailure } from '../../runtime/connection-failure.ts';
import type { StreamName } from '../spool/segment.ts';
import type { Credentials, IngestCredentials } from './ingest-credentials.ts';

export interface IngestOptions {
  /** Base URL, such as `https://ingest:7071`. */
  readonly url: string;
  readonly credentials: IngestCredentials;
  readonly tenant?: string | undefined;
  readonly request_ms_max?: number;
}

export interface Batch extends StreamName {
  readonly first: bigint;
  readonly last: bigint;
  readonly body: Uint8Array;
}

export type Answer =
  /** Kept, or there before; the number that is wanted next. */
  | { readonly kind: 'kept'; readonly next: bigint }
  /** Not now: too much, too busy, not there, not allowed yet. */
  | { readonly kind: 'later'; readonly why: string; readonly retryAfter: string | undefined }
  /** Never: another try would be refused as well. */
  | { readonly kind: 'refused'; readonly why: string };

const Position = z.object({ next: z.string().regex(/^\d{1,19}$/) });
const request_ms_default = 30_000;
const answer_length_max = 65_536;
/** The batch itself is at fault. */
const refusals = new Set([400, 409, 413, 415, 422]);

interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export class IngestClient {
  readonly #options: IngestOptions;
  readonly #request: typeof requestHttp;
  readonly #isSecure: boolean;
  /** Its connections show the credentials that they were made with. */
  #agent: HttpAgent | undefined;
  #shown: Credentials | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#isSecure = new URL(options.url).protocol === 'https:';
    this.#request = this.#isSecure ? requestHttps : requestHttp;
  }

  async send({ host, boot, source, first, last, body }: Batch): Promise<Answer> {
    const headers = {
      'content-type': 'application/vnd.disprotrack.records',
      'content-encoding': 'zstd',
      'content-length': body.length,
      'x-disprotrack-host': host,
      'x-disprotrack-boot': boot,
      'x-disprotrack-source': source,
      'x-disprotrack-first': String(first),
      'x-disprotrack-last': String(last),
    };
    return await this.#ask('/v1/batches', { method: 'POST', headers }, body);
  }

  /** Where the stream goes on. */
  async position({ host, boot, source }: StreamName): Promise<Answer> {
    return await this.#ask(`/v1/streams/${[host, boot, source].map(encodeURIComponent).join('/')}`, {});
  }

  async #ask(path: string, options: RequestOptions, body?: Uint8Array): Promise<Answer> {
    try {
      return answerOf(await this.#exchange(path, options, body));
    } catch (error) {
      return { kind: 'later', why: connectionFailure(error), retryAfter: undefined };
    }
  }

  #exchange(path: string, options: RequestOptions, body: Uint8Array | undefined): Promise<Told> {
    const { url, credentials, tenant, request_ms_max = request_ms_default } = this.#options;
    const current = credentials.current();
    const { token } = current;
    const headers = {
      ...options.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenant === undefined ? {} : { 'x-disprotrack-tenant': tenant }),
    };
    const signal = AbortSignal.timeout(request_ms_max);
    return new Promise((resolve, reject) => {
      const request = this.#request(
        new URL(path, url),
        { ...options, headers, agent: this.#agentFor(current), signal },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            if (text.length < answer_length_max) text += piece;
          });
          response.once('error', reject);
          response.once('close', () => reject(new Error('the answer was cut off')));
          response.once('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, text }),
          );
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  #agentFor(credentials: Credentials): HttpAgent {
    if (this.#agent !== undefined && this.#shown === credentials) return this.#agent;
    this.#agent?.destroy();
    this.#shown = credentials;
    // One connection is enough: batches go one after the other.
    const kept = { keepAlive: true, maxSockets: 2 };
    this.#agent = this.#isSecure ? new HttpsAgent({ ...kept, ...credentials.tls }) : new HttpAgent(kept);
    return this.#agent;
  }
}

function answerOf({ status, headers, text }: Told): Answer {
  const told = `${status} ${text.slice(0, 200)}`.trim();
  if (status >= 200 && status < 300) {
    const parsed = Position.safeParse(jsonOf(text));
    if (parsed.success) return { kind: 'kept', next: BigInt(parsed.data.next) };
    return { kind: 'later', why: `an answer that is not ingest's: ${told}`, retryAfter: undefined };
  }
  if (refusals.has(status)) return { kind: 'refused', why: told };
  return { kind: 'later', why: told, retryAfter: headers['retry-after'] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
