/** One end of a record's socket as a socket address. It must not know whose end it is. */
import type { SocketAddress } from '../event/event.ts';
import { inet6Text, inetText } from '../event/socket-address.ts';
import { place, type RecordView } from './record-view.ts';

const inetFamily = 2;
const inet6Family = 10;

/** Undefined for an end that has no address of the internet, or not yet. */
export function addressOfRecord(record: RecordView, end: 'local' | 'remote'): SocketAddress | undefined {
  const family = record.u16(familyAt[end]);
  const port = record.u16(portAt[end]);
  if (family === inetFamily) return { family: 'inet', address: inetText(record.bytes, ipAt[end]), port };
  if (family === inet6Family) return { family: 'inet6', address: inet6Text(record.bytes, ipAt[end]), port };
  return undefined;
}

const familyAt = { local: place('socket.local.family'), remote: place('socket.remote.family') };
const portAt = { local: place('socket.local.port'), remote: place('socket.remote.port') };
const ipAt = { local: place('socket.local.ip'), remote: place('socket.remote.ip') };
