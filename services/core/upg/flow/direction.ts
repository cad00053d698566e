/** Which vertex of a socket a read or a write is on. It must not know which calls read and write. */
import type { Descriptor } from '../descriptor-table.ts';
import { answersOf } from '../identity.ts';
import { isInternet } from './connection-vertex.ts';
import { datagramFlow } from './datagram-flow.ts';
import type { FlowContext } from './flow-context.ts';

/**
 * Which of a connection's two ways `object` a descriptor is written or read: else an answer were a cause of all that is
 * asked on the connection later. Both sides come to the same, by the ports where the kernel said both ends, by who
 * accepted and who connected elsewhere.
 */
export function directed(c: FlowContext, d: Descriptor, object: string, isWriting: boolean): string {
  if (d.kind !== 'socket') return object;
  if (d.datagram) return datagramFlow(c, isWriting) ?? object;
  const asks = isAsking(c, d);
  return asks === undefined || asks === isWriting ? object : answersOf(object);
}

function isAsking({ event }: FlowContext, { accepted, asks }: Descriptor): boolean | undefined {
  const { local, remote } = event.kernel?.socket ?? {};
  if (isInternet(local) && isInternet(remote) && local.port !== 0 && remote.port !== 0) {
    return local.port === remote.port ? local.address > remote.address : local.port > remote.port;
  }
  if (asks !== undefined) return true;
  return accepted === undefined ? undefined : false;
}
