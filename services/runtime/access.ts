/** Whether a request's token opens what the request asks for. It must not know routes or HTTP. */
import type { Scope, TokenEntry, Tokens } from './tokens.ts';

export type Granted = Pick<TokenEntry, 'name' | 'hosts'>;

export interface Refused {
  readonly status: 401 | 403;
  readonly detail: string;
}

/** Whoever comes where nobody needs a token. */
export const anyone: Granted = { name: 'anyone', hosts: ['*'] };
const holders: Readonly<Record<Scope, string>> = {
  agent: 'agents',
  query: 'who asks',
  profiles: 'who brings profiles',
  operator: 'operators',
};
const bearer = /^Bearer ([\w.~+/-]+=*)$/i;

export class Access {
  readonly #tokens: Tokens | undefined;
  /** Whose the service's answers are; undefined for those of no tenant. */
  readonly tenant: string | undefined;

  /**
   * Without tokens everybody may do everything: for a service that nobody else can reach. A token opens what is of its
   * own tenant, and one of no tenant what is of none.
   */
  constructor(tokens: Tokens | undefined, tenant?: string) {
    this.#tokens = tokens;
    this.tenant = tenant;
  }

  async grant(authorization: string | undefined, scope: Scope): Promise<Granted | Refused> {
    if (this.#tokens === undefined) return anyone;
    const token = bearerToken(authorization);
    if (token === undefined) return { status: 401, detail: 'a token is needed: authorization: Bearer …' };
    const entry = await this.#tokens.find(token);
    if (entry === undefined) return { status: 401, detail: 'the token is not known, or not any more' };
    if (entry.tenant !== this.tenant) return { status: 403, detail: 'the token is not of this tenant' };
    if (entry.scope !== scope)
      return {
        status: 403,
        detail: `the token is for ${holders[entry.scope]}; this needs one for ${holders[scope]}`,
      };
    return entry;
  }
}

/** The token of an `authorization` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return bearer.exec(authorization ?? '')?.[1];
}

export function isRefused(answer: Granted | Refused): answer is Refused {
  return 'status' in answer;
}

export function speaksFor(granted: Granted, host: string): boolean {
  return granted.hosts.includes('*') || granted.hosts.includes(host);
}

/** Only this machine can reach it. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
