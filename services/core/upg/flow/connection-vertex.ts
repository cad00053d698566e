/** Brings connections into the graph: what they are called and found by. It must not know which call is on them. */
import type { SocketAddress } from '../../event/event.ts';
import type { Translation } from '../connection-identity.ts';
import { addressText, answersOf, hostsTerm, term } from '../identity.ts';
import type { FlowContext } from './flow-context.ts';

export interface InternetAddress {
  address: string;
  port: number;
}

/** `isOne`: nothing on it answers anything: a datagram's peer, or who refused. */
export function connectionVertex(
  c: FlowContext,
  id: string,
  ends: {
    client?: InternetAddress | undefined;
    server?: InternetAddress | undefined;
    role: string;
    /** Where its other side was seen to begin. */
    otherHost?: string | undefined;
    /** Of what its sides name differently. */
    translation?: Translation | undefined;
    isOne?: true;
  },
): void {
  const text = (a: InternetAddress | undefined): string =>
    a === undefined ? '' : addressText(a.address, a.port);
  const client = text(ends.client);
  const server = text(ends.server);
  const label = (arrow: string): string =>
    client === '' ? `${arrow} ${server}` : `${client} ${arrow} ${server === '' ? c.process.comm : server}`;
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
    ...(ends.translation === undefined ? {} : { translated: server }),
    ...(ends.translation === 'client' ? { masqueraded: client } : {}),
  };
  c.vertex(id, 'socket', label('→'), terms, properties);
  if (!ends.isOne) c.vertex(answersOf(id), 'socket', label('←'), terms, properties);
}

export function unixVertex(c: FlowContext, id: string, path: string | undefined): void {
  const terms = path === undefined ? [] : [term('path', path)];
  const label = path ?? `unix socket of ${c.process.comm}`;
  c.vertex(id, 'socket', label, terms, { role: 'unix' });
  c.vertex(answersOf(id), 'socket', `answers on ${label}`, terms, { role: 'unix' });
}

/** What all send to who sends datagrams to a name, and its owner receives. */
export function unixMailbox(c: FlowContext, path: string): string {
  const id = `socket:${c.process.host}/${c.process.container ?? ''}:${path}`;
  c.vertex(id, 'socket', path, [term('path', path)], { role: 'unix' });
  return id;
}

export function isInternet(
  a: SocketAddress | undefined,
): a is Extract<SocketAddress, { family: 'inet' | 'inet6' }> {
  return a?.family === 'inet' || a?.family === 'inet6';
}
