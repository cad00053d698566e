/** The batch protocol from the agent's side: one batch in one request, and what the answer means. No retries here. */
import { z } from 'zod';
import type { StreamName } from '../spool/segment.ts';

export interface IngestOptions {
  /** Base URL, such as `https://ingest:7071`. */
  readonly url: string;
  readonly token?: string | undefined;
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
  | { readonly kind: 'later'; readonly why: string; readonly retryAfter: string | null }
  /** Never: another try would be refused as well. */
  | { readonly kind: 'refused'; readonly why: string };

const Position = z.object({ next: z.string().regex(/^\d{1,19}$/) });
const request_ms_default = 30_000;
const answer_length_max = 65_536;
/** The batch itself is at fault. */
const refusals = new Set([400, 409, 413, 415, 422]);

export class IngestClient {
  readonly #options: IngestOptions;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  async send({ host, boot, source, first, last, body }: Batch): Promise<Answer> {
    return await this.#ask('/v1/batches', {
      method: 'POST',
      headers: {
        'content-type': 'application/vnd.disprotrack.records',
        'content-encoding': 'zstd',
        'x-disprotrack-host': host,
        'x-disprotrack-boot': boot,
        'x-disprotrack-source': source,
        'x-disprotrack-first': String(first),
        'x-disprotrack-last': String(last),
      },
      body: body as Uint8Array<ArrayBuffer>,
    });
  }

  /** Where the stream goes on. */
  async position({ host, boot, source }: StreamName): Promise<Answer> {
    return await this.#ask(`/v1/streams/${[host, boot, source].map(encodeURIComponent).join('/')}`, {});
  }

  async #ask(path: string, request: RequestInit): Promise<Answer> {
    const { url, token, tenant, request_ms_max = request_ms_default } = this.#options;
    try {
      const response = await fetch(new URL(path, url), {
        ...request,
        headers: {
          ...request.headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(tenant === undefined ? {} : { 'x-disprotrack-tenant': tenant }),
        },
        signal: AbortSignal.timeout(request_ms_max),
      });
      const text = (await response.text()).slice(0, answer_length_max);
      return answerOf(response, text);
    } catch (error) {
      return { kind: 'later', why: failureText(error), retryAfter: null };
    }
  }
}

function answerOf(response: Response, text: string): Answer {
  const { status, ok, headers } = response;
  const told = `${status} ${text.slice(0, 200)}`.trim();
  if (ok) {
    const parsed = Position.safeParse(jsonOf(text));
    if (parsed.success) return { kind: 'kept', next: BigInt(parsed.data.next) };
    return { kind: 'later', why: `an answer that is not ingest's: ${told}`, retryAfter: null };
  }
  if (refusals.has(status)) return { kind: 'refused', why: told };
  return { kind: 'later', why: told, retryAfter: headers.get('retry-after') };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureText(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
