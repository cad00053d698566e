/**
 * The connection that a call is on, where the kernel said both its ends. It must not know descriptor tables; sources
 * that say one end alone are paired by order instead.
 */
import type { KernelFacts, SocketAddress } from '../../event/event.ts';
import type { ConnectionSide } from '../connection-identity.ts';
import { addressText, bootSocketId } from '../identity.ts';
import { isLoopback } from '../socket-pairing.ts';
import { connectionVertex, isInternet, unixVertex } from './connection-vertex.ts';
import type { FlowContext } from './flow-context.ts';

const streamType = 1;
const seqpacketType = 5;

/** The vertex of the connection that begins here at `side`, or goes on; undefined where an end is not known. */
export function exactConnection(c: FlowContext, side: ConnectionSide | undefined): string | undefined {
  const { kernel, sensor } = c.event;
  const socket = kernel?.socket ?? sensor?.socket;
  if (socket === undefined) return undefined;
  if (socket.type !== streamType && socket.type !== seqpacketType) return undefined;
  const { local, remote } = socket;
  if (!isInternet(local) || !isInternet(remote)) {
    return kernel === undefined ? undefined : unixConnection(c, kernel);
  }
  if (local.port === 0 || remote.port === 0) return undefined;
  // Of a connection that was there before, the higher port is the client's as a rule.
  const isClient = side === undefined ? local.port > remote.port : side === 'connect';
  const [client, server] = isClient ? [local, remote] : [remote, local];
  const scope = scopeOf(c, local);
  const pair = `${scope}${[client, server].map(endText).sort().join('~')}`;
  const { connections } = c.parts;
  const begun = { host: c.process.host, time: c.time, netNamespace: kernel?.netNamespace };
  const ends = { client: scope + endText(client), port: client.port };
  const known = side === undefined ? undefined : connections.begun(pair, side, ends, begun);
  const id = known?.id ?? connections.seen(pair);
  const otherHost = known?.otherHost;
  const role = otherHost !== undefined ? 'both' : isClient ? 'outbound' : 'inbound';
  connectionVertex(c, id, { client, server, role, otherHost, translation: known?.translation });
  return id;
}

function unixConnection(c: FlowContext, { object, socket, bootId }: KernelFacts): string | undefined {
  const { address } = c.event;
  if (object === undefined || isInternet(socket!.local) || isInternet(address)) return undefined;
  const made = bootSocketId(c.process.host, bootId, object.inode);
  const id = c.parts.connections.unix(c.process.host, object.inode, socket!.peerInode, made);
  unixVertex(c, id, address?.family === 'unix' && address.path !== '' ? address.path : undefined);
  return id;
}

/** Of the same ends on whichever host. Loopback addresses mean another host in each namespace. */
function scopeOf(c: FlowContext, { address }: Internet): string {
  // A sensor says no namespace, and a container has its own.
  const namespace = c.event.kernel?.netNamespace ?? c.process.container ?? '';
  return isLoopback(address) ? `tcp/${c.process.host}/${namespace}/` : 'tcp/';
}

function endText({ address, port }: Internet): string {
  return addressText(address, port);
}

type Internet = Extract<SocketAddress, { family: 'inet' | 'inet6' }>;
