/**
 * Where the kernel said what a call's descriptor stands for, the descriptor table is corrected, or completed, before
 * any flow rule looks at it: descriptors that were opened before the capture, that came through a socket, or whose
 * opening was lost. It must not know which way information flows.
 */
import type { KernelFacts, KernelObject } from '../../event/event.ts';
import { type Descriptor, descriptor, inodeKey } from '../descriptor-table.ts';
import { bootPipeId } from '../identity.ts';
import { isInternet, unixMailbox } from './connection-vertex.ts';
import { exactConnection } from './exact-connection.ts';
import { objectItem } from './file-flow.ts';
import { type FlowContext, fifoType, socketType, typeMask } from './flow-context.ts';

const datagramType = 2;

/** Calls on the descriptor in their first argument. */
const firstArgument = `read readv pread64 pread preadv preadv2 write writev pwrite64 pwrite pwritev pwritev2 dup dup2
  dup3 fcntl bind listen sendto sendmsg send sendmmsg recvfrom recvmsg recv recvmmsg shutdown ftruncate fchmod fchown
  fallocate fsetxattr getdents getdents64 ioctl fsync fdatasync flock lseek descriptor`;
const descriptorArguments = new Map<string, readonly number[]>([
  ...firstArgument.split(/\s+/).map((name) => [name, [0]] as const),
  // The second is the other object's.
  ['sendfile', [0, 1]],
  ['tee', [0, 1]],
  ['splice', [0, 2]],
  ['copy_file_range', [0, 2]],
]);

export function adoptDescriptors(c: FlowContext, kernel: KernelFacts): void {
  const { event } = c;
  if (event.mmapFd !== undefined) adopt(c, event.mmapFd, kernel.object);
  for (const [i, position] of (descriptorArguments.get(event.syscall) ?? []).entries()) {
    adopt(c, event.args[position]! | 0, i === 0 ? kernel.object : kernel.object2);
  }
}

function adopt(c: FlowContext, fd: number, object: KernelObject | undefined): void {
  if (object === undefined || fd < 0) return;
  const inode = inodeKey(object);
  const known = c.descriptor(fd);
  if (
    known !== undefined &&
    known.inode === inode &&
    (known.object !== undefined || known.kind !== 'socket')
  ) {
    return;
  }
  if (known !== undefined && known.inode === undefined && known.object !== undefined) {
    // Made by a call that said no inode: a socket, a pipe.
    known.inode = inode;
    c.parts.processes.descriptors.touch(c.process.table);
    return;
  }
  const seen = meant(c, object);
  const isStale = known?.inode !== undefined && known.inode !== inode;
  const kept = isStale ? undefined : known;
  c.setDescriptor(fd, { ...descriptor(seen.kind, {}), ...kept, ...seen, inode, path: object.path });
}

function meant(c: FlowContext, object: KernelObject): Partial<Descriptor> & Pick<Descriptor, 'kind'> {
  const type = object.mode & typeMask;
  if (type === socketType) return socketMeant(c);
  if (type === fifoType && object.path === undefined) {
    const id = bootPipeId(c.process.host, c.event.kernel!.bootId, object.inode);
    c.vertex(id, 'pipe', `pipe of ${c.process.comm}`, []);
    return { kind: 'pipe', object: id };
  }
  // Event counters, timers and the like have no type, and carry nothing from one process to another.
  if (type === 0) return { kind: 'file', object: undefined };
  const file = c.file(objectItem(object));
  return { kind: file?.kind ?? 'file', object: file?.id };
}

function socketMeant(c: FlowContext): Partial<Descriptor> & Pick<Descriptor, 'kind'> {
  const { address } = c.event;
  const { socket } = c.event.kernel!;
  if (c.event.syscall === 'descriptor' && socket?.type === datagramType && address?.family === 'unix') {
    const { path } = address;
    return { kind: 'socket', object: unixMailbox(c, path), datagram: true, local: { path } };
  }
  const local = isInternet(socket?.local) && socket.local.port !== 0 ? socket.local : undefined;
  const isListening = local !== undefined && !(isInternet(socket?.remote) && socket.remote.port !== 0);
  const datagram = socket?.type === datagramType;
  return {
    kind: 'socket',
    object: exactConnection(c, undefined),
    datagram,
    accepted:
      !isListening && !datagram && local !== undefined && listensAt(c, local.port) ? 'here' : undefined,
    listening: isListening && !datagram,
    ...(isListening ? { local: { address: local.address, port: local.port } } : {}),
  };
}

/** Whether the process has a socket that connections to its port come from: then they are not its own. */
function listensAt(c: FlowContext, port: number): boolean {
  const { descriptors } = c.parts.processes.descriptors.table(c.process.table);
  for (const fd in descriptors) {
    const { listening, local } = descriptors[fd]!;
    if (listening && local !== undefined && 'port' in local && local.port === port) return true;
  }
  return false;
}
