/** Flow rules of sockets: one vertex for one connection, shared by both sides wherever both were seen. */
import type { SocketAddress } from '../../event/event.ts';
import { type Descriptor, descriptor } from '../descriptor-table.ts';
import { addressText, socketId } from '../identity.ts';
import type { Waiting } from '../socket-pairing.ts';
import { beginUnit } from '../unit-vertex.ts';
import {
  connectionVertex,
  type InternetAddress,
  isInternet,
  unixMailbox,
  unixVertex,
} from './connection-vertex.ts';
import { datagramFlow, datagramPeer } from './datagram-flow.ts';
import { read, used, write } from './descriptor-flow.ts';
import { exactConnection } from './exact-connection.ts';
import type { FlowContext } from './flow-context.ts';

const streamType = 1;
const datagramType = 2;
const typeBits = 0xf;
const socketCloseOnExec = 0o2000000;

export function socket(c: FlowContext): void {
  const type = c.event.args[1];
  c.setDescriptor(
    c.event.exit,
    descriptor('socket', {
      closeOnExec: (type & socketCloseOnExec) !== 0,
      datagram: (type & typeBits) === datagramType,
      unit: c.currentUnit?.id,
    }),
  );
}

export function bind(c: FlowContext): void {
  const { address } = c.event;
  if (address === undefined) return;
  const d = socketDescriptor(c);
  if (address.family === 'unix') {
    d.local = { path: address.path };
    if (d.datagram) d.object = unixMailbox(c, address.path);
  }
  // With port 0 the kernel chooses one, and no record says which.
  else if (isInternet(address) && address.port !== 0) {
    d.local = { address: address.address, port: address.port };
  }
  c.parts.processes.descriptors.touch(c.process.table);
}

export function listen(c: FlowContext): void {
  socketDescriptor(c).listening = true;
  c.parts.processes.descriptors.touch(c.process.table);
}

/** connect, also the non-blocking one whose outcome no record tells. */
export function connect(c: FlowContext): void {
  const { address } = c.event;
  if (address === undefined) return;
  const d = socketDescriptor(c);
  const exact = exactConnection(c, 'connect');
  if (exact !== undefined) d.object = exact;
  else if (address.family === 'unix' && d.datagram) d.object = unixMailbox(c, address.path);
  else if (address.family === 'unix')
    connectTo(c, d, `unix|${c.process.container ?? ''}|${address.path}`, address.path, 0);
  else if (isInternet(address) && address.port !== 0) {
    // Port 0 asks the kernel for a route and sends nothing.
    if (d.datagram) d.object = datagramFlow(c, true) ?? datagramPeer(c, address);
    else connectTo(c, d, `inet|${address.port}`, address.address, address.port);
  } else return;
  if (!d.datagram) d.asks = 'one';
  c.parts.processes.descriptors.touch(c.process.table);
  if (d.object !== undefined) c.into(d.object);
}

/** A refused or unreachable connect is evidence for both sides of the question. */
export function failedConnect(c: FlowContext, errorName: string): void {
  const { address } = c.event;
  if (address === undefined || !(isInternet(address) ? address.port !== 0 : address.family === 'unix'))
    return;
  const id = socketId(c.event);
  if (address.family === 'unix') unixVertex(c, id, address.path);
  else if (isInternet(address)) connectionVertex(c, id, { server: address, role: 'refused', isOne: true });
  c.into(id, 0, `connect!${errorName}`);
  c.outOf(id, 0, `connect!${errorName}`);
}

/** accept: the connection begins a unit, and is what the unit was caused by. */
export function accept(c: FlowContext): void {
  const listener = c.descriptor(c.event.args[0] | 0);
  const { address } = c.event;
  const d = descriptor('socket', { closeOnExec: (c.event.args[3] & socketCloseOnExec) !== 0 });
  d.object = exactConnection(c, 'accept') ?? acceptedConnection(c, listener, address);
  d.accepted = 'here';
  c.setDescriptor(c.event.exit, d);
  // What a session accepts is a part of it.
  const session = c.currentUnit?.session === true ? c.currentUnit : undefined;
  const peer = isInternet(address) ? addressText(address.address, address.port) : undefined;
  d.unit = (session ?? beginUnit(c, { connection: d.object, peer, reason: 'connection' })).id;
  c.outOf(d.object);
}

export function send(c: FlowContext): void {
  addressDatagram(c, true);
  write(c);
}

export function receive(c: FlowContext): void {
  const d = used(c, c.event.args[0] | 0);
  // Whoever sent it, it came by the receiver's own name.
  if (d.datagram && d.local !== undefined && 'path' in d.local) d.object = unixMailbox(c, d.local.path);
  else addressDatagram(c, false);
  read(c);
}

/** Makes `d` the connection to a service, with its accepting side where that was seen already. */
export function connectTo(
  c: FlowContext,
  d: Descriptor,
  service: string,
  address: string,
  port: number,
): void {
  const id = socketId(c.event);
  const mine: Waiting = {
    vertex: id,
    host: c.process.host,
    time: c.time,
    container: c.process.container,
    address: port === 0 ? '' : address,
    port,
  };
  const accepted = c.parts.pairing.connected(service, mine);
  d.object = accepted?.vertex ?? id;
  d.waitsAt = accepted === undefined ? service : undefined;
  if (port === 0) {
    unixVertex(c, d.object, address);
    return;
  }
  const client = accepted === undefined ? undefined : { address: accepted.address, port: accepted.port };
  const role = accepted === undefined ? 'outbound' : 'both';
  connectionVertex(c, d.object, { client, server: { address, port }, role, otherHost: accepted?.host });
}

/** The connection that was accepted from `peer`, with its connecting side where that was seen already. */
export function acceptedConnection(
  c: FlowContext,
  listener: Descriptor | undefined,
  peer: SocketAddress | undefined,
): string {
  const id = socketId(c.event);
  const local = listener?.local;
  const isUnix = peer?.family === 'unix' || (local !== undefined && 'path' in local);
  const client = isInternet(peer) ? peer : undefined;
  const service = serviceOf(c, local);
  const mine: Waiting = {
    vertex: id,
    host: c.process.host,
    time: c.time,
    container: c.process.container,
    address: client?.address ?? '',
    port: client?.port ?? 0,
  };
  const pairable = service !== undefined && (isUnix || client !== undefined);
  const connected = pairable ? c.parts.pairing.accepted(service, mine) : undefined;
  if (isUnix) {
    const path = local !== undefined && 'path' in local ? local.path : undefined;
    unixVertex(c, connected?.vertex ?? id, path);
  } else {
    const server = connected ?? ownAddress(c, local);
    const role = connected === undefined ? 'inbound' : 'both';
    connectionVertex(c, connected?.vertex ?? id, { client, server, role, otherHost: connected?.host });
  }
  return connected?.vertex ?? id;
}

/** What the listener is reached by: bound to every address, it is its container's own where that has only one. */
function ownAddress(c: FlowContext, local: Descriptor['local']): InternetAddress | undefined {
  if (local === undefined || 'path' in local) return undefined;
  if (local.address !== '0.0.0.0' && local.address !== '::') return local;
  const { host, container } = c.process;
  const addresses = container === undefined ? undefined : c.parts.containers.of(host, container);
  return { address: addresses?.length === 1 ? addresses[0]! : '', port: local.port };
}

function serviceOf(c: FlowContext, local: Descriptor['local']): string | undefined {
  if (local === undefined) return undefined;
  return 'path' in local ? `unix|${c.process.container ?? ''}|${local.path}` : `inet|${local.port}`;
}

/** An unconnected datagram socket means another peer at each call. */
function addressDatagram(c: FlowContext, isSending: boolean): void {
  const { address } = c.event;
  const d = used(c, c.event.args[0] | 0);
  if (address === undefined || (d.kind === 'socket' && d.object !== undefined && !d.datagram)) return;
  if (c.event.kernel?.socket?.type === streamType) return;
  if (isInternet(address) && address.port !== 0) {
    d.kind = 'socket';
    d.datagram = true;
    d.object = datagramFlow(c, isSending) ?? datagramPeer(c, address);
  } else if (address.family === 'unix' && address.path !== '') {
    d.kind = 'socket';
    d.object = unixMailbox(c, address.path);
  }
  c.parts.processes.descriptors.touch(c.process.table);
}

function socketDescriptor(c: FlowContext): Descriptor {
  const fd = c.event.args[0] | 0;
  const known = c.descriptor(fd);
  if (known?.kind === 'socket') return known;
  const d = descriptor('socket', { unit: c.currentUnit?.id });
  c.setDescriptor(fd, d);
  return d;
}
