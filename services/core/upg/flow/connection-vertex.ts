/** Brings connections into the graph: what they are called and found by. It must not know which call is on them. */
import type { SocketAddress } from '../../event/event.ts';
import { addressText, hostsTerm, term } from '../identity.ts';
import type { FlowContext } from './flow-context.ts';

export interface InternetAddress {
  address: string;
  port: number;
}

export function connectionVertex(
  c: FlowContext,
  id: string,
  ends: {
    client?: InternetAddress | undefined;
    server?: InternetAddress | undefined;
    role: string;
    /** Where its other side was seen to begin. */
    otherHost?: string | undefined;
  },
): void {
  const text = (a: InternetAddress | undefined): string =>
    a === undefined ? '' : addressText(a.address, a.port);
  const client = text(ends.client);
  const server = text(ends.server);
  const label = [client, server === '' ? c.process.comm : server].filter((part) => part !== '').join(' → ');
  const terms: string[] = [];
  for (const a of [ends.client, ends.server]) {
    if (a !== undefined && a.address !== '')
      terms.push(term('ip', a.address), term('addr', `${a.address}:${a.port}`));
  }
  const { host } = c.process;
  if (ends.otherHost !== undefined && ends.otherHost !== host) terms.push(hostsTerm(host, ends.otherHost));
  const properties = {
    role: ends.role,
    ...(client === '' ? {} : { client }),
    ...(server === '' ? {} : { server }),
  };
  c.vertex(id, 'socket', client === '' ? `→ ${server}` : label, terms, properties);
}

export function unixVertex(c: FlowContext, id: string, path: string | undefined): void {
  c.vertex(
    id,
    'socket',
    path ?? `unix socket of ${c.process.comm}`,
    path === undefined ? [] : [term('path', path)],
    {
      role: 'unix',
    },
  );
}

/** What all send to who sends datagrams to a name, and its owner receives. */
export function unixMailbox(c: FlowContext, path: string): string {
  const id = `socket:${c.process.host}/${c.process.container ?? ''}:${path}`;
  unixVertex(c, id, path);
  return id;
}

export function isInternet(
  a: SocketAddress | undefined,
): a is Extract<SocketAddress, { family: 'inet' | 'inet6' }> {
  return a?.family === 'inet' || a?.family === 'inet6';
}
