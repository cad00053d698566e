/**
 * The datagrams that a call sends or receives, where the source says the socket's own port: audit does not, and what a
 * process exchanges with one peer is one vertex there. It must not know descriptor tables.
 */
import type { SocketAddress } from '../../event/event.ts';
import type { KnownDatagrams, PossibleAddress } from '../datagram-identity.ts';
import { addressText, socketId } from '../identity.ts';
import { connectionVertex, type InternetAddress, isInternet } from './connection-vertex.ts';
import type { FlowContext } from './flow-context.ts';

const datagramType = 2;

/** Their vertex; undefined where an end is not known. */
export function datagramFlow(c: FlowContext, isSending: boolean): string | undefined {
  const { kernel, sensor, address } = c.event;
  const socket = kernel?.socket ?? sensor?.socket;
  const own = end(socket?.local);
  const peer = end(address) ?? end(socket?.remote);
  if (socket?.type !== datagramType || own === undefined || peer === undefined) return undefined;
  const { host, container } = c.process;
  const [mine, its] = [ownAddress(c, own), plain(peer.address)];
  const seen = {
    where: `${host}/${kernel?.netNamespace ?? container ?? ''}`,
    time: c.time,
    ...(isSending
      ? { fromPort: own.port, toPort: peer.port, from: mine, to: its }
      : { fromPort: peer.port, toPort: own.port, from: its, to: mine }),
  };
  const side = isSending ? 'sent' : 'received';
  const known = c.parts.datagrams.seen(side, seen, socketId(c.event));
  const { id, from, to } = known;
  connectionVertex(c, id, {
    client: from === undefined ? undefined : { address: from, port: seen.fromPort },
    server: to === undefined ? undefined : { address: to, port: seen.toPort },
    role: roleOf(known, isSending),
    isOne: true,
  });
  return id;
}

/** One vertex for what one process exchanges with one datagram peer. */
export function datagramPeer(c: FlowContext, server: InternetAddress): string {
  const id = `socket:${c.process.id.slice('process:'.length)}/udp/${addressText(server.address, server.port)}`;
  connectionVertex(c, id, { server, role: 'outbound', isOne: true });
  return id;
}

function roleOf({ isWhole, isAnswer }: KnownDatagrams, isSending: boolean): string {
  if (isWhole) return isAnswer ? 'answer' : 'both';
  return isSending || isAnswer ? 'outbound' : 'inbound';
}

function end(address: SocketAddress | undefined): InternetAddress | undefined {
  return isInternet(address) && address.port !== 0 ? address : undefined;
}

/** Bound to every address, it has any. */
function ownAddress(c: FlowContext, { address }: InternetAddress): PossibleAddress {
  if (address !== '0.0.0.0' && address !== '::') return plain(address);
  const { host, container } = c.process;
  return container === undefined ? undefined : c.parts.containers.of(host, container);
}

/** A socket of both families writes addresses of the old one in the new one's form. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
