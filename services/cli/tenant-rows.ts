/**
 * What serves one tenant, for each of them: a request goes to the row of its token's tenant, and no row knows of
 * another. A row is opened when it is first needed. It must not know what a row is made of.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { TenantName } from '../contract/batch.ts';
import { problem } from '../contract/problem.ts';
import { bearerToken } from '../runtime/access.ts';
import type { Handler, MakeServer } from '../runtime/http/http-server.ts';
import type { Tokens } from '../runtime/tokens.ts';

export interface TenantRow {
  readonly query: FastifyInstance;
  /** Undefined where nothing is taken. */
  readonly ingest: FastifyInstance | undefined;
  close(): Promise<void>;
}

export type Door = 'query' | 'ingest';

export interface TenantRowsOptions {
  /** Undefined where nobody needs a token: then a header says the tenant. */
  readonly tokens: Tokens | undefined;
  /** Rejects where there is no such row, or it can't be opened. */
  readonly open: (tenant: string) => Promise<TenantRow>;
  readonly onTrouble: (error: unknown) => void;
}

const rows_max = 64;
const retry_s = 5;

export class TenantRows {
  readonly #options: TenantRowsOptions;
  readonly #rows = new Map<string, Promise<TenantRow>>();

  constructor(options: TenantRowsOptions) {
    this.#options = options;
  }

  /** Rejects as `open` does, and where there are too many. */
  of(tenant: string): Promise<TenantRow> {
    const known = this.#rows.get(tenant);
    if (known !== undefined) return known;
    if (this.#rows.size >= rows_max)
      return Promise.reject(
        new Error(`there are ${rows_max} tenants already: give others a service of their own`),
      );
    const row = this.#options.open(tenant);
    this.#rows.set(tenant, row);
    // It may be there at the next request.
    row.catch(() => this.#rows.delete(tenant));
    return row;
  }

  /** A server for the door of who is of no tenant, where everybody comes in. */
  server(door: Door, makeServer: MakeServer): MakeServer {
    return (own, limits) =>
      makeServer((request, response) => void this.#route(door, own, request, response), limits);
  }

  async close(): Promise<void> {
    for (const row of await Promise.allSettled(this.#rows.values())) {
      if (row.status === 'fulfilled') await row.value.close();
    }
  }

  async #route(door: Door, own: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const tenant = await this.#tenantOf(request);
      const app = tenant === undefined ? undefined : (await this.of(tenant))[door];
      if (app === undefined) own(request, response);
      else app.routing(request, response);
    } catch (error) {
      this.#options.onTrouble(error);
      const headers = { 'content-type': 'application/problem+json', 'retry-after': String(retry_s) };
      const answer = problem(503, 'what is of this tenant can not be used now');
      response.writeHead(503, headers).end(JSON.stringify(answer));
    }
  }

  async #tenantOf({ headers }: IncomingMessage): Promise<string | undefined> {
    const { tokens } = this.#options;
    if (tokens === undefined) return TenantName.safeParse(headers['x-disprotrack-tenant']).data;
    const token = bearerToken(headers.authorization);
    return token === undefined ? undefined : (await tokens.find(token))?.tenant;
  }
}
