/** Which rule says how information flows in which syscall. The one place to look a call up. */

import * as d from './descriptor-flow.ts';
import * as f from './file-flow.ts';
import type { FlowContext } from './flow-context.ts';
import { applyNamed } from './named-flow.ts';
import * as p from './process-flow.ts';
import * as s from './socket-flow.ts';
import { outOfSpace } from './space-flow.ts';

type Rule = (c: FlowContext) => void;

const rules = new Map<string, Rule>();

function rule(apply: Rule, ...syscalls: string[]): void {
  for (const name of syscalls) rules.set(name, apply);
}

rule(f.open, 'open', 'openat', 'openat2', 'creat');
rule(f.memfdCreate, 'memfd_create');
rule(f.rename, 'rename', 'renameat', 'renameat2');
rule(f.link, 'link', 'linkat');
rule(f.unlink, 'unlink', 'unlinkat');
rule(f.changePath, 'chmod', 'fchmodat', 'chown', 'lchown', 'fchownat', 'truncate', 'symlink', 'symlinkat');
rule(f.changePath, 'mknod', 'mknodat', 'setxattr', 'lsetxattr');
rule(f.changeDescriptor, 'fchmod', 'fchown', 'fsetxattr');
rule(f.resize, 'ftruncate', 'fallocate');
rule(f.mmap, 'mmap', 'mmap2');
rule(d.read, 'read', 'readv', 'pread', 'pread64', 'preadv', 'preadv2');
rule(d.write, 'write', 'writev', 'pwrite', 'pwrite64', 'pwritev', 'pwritev2');
rule(d.sendfile, 'sendfile', 'sendfile64');
rule(d.splice, 'splice', 'copy_file_range');
rule(d.tee, 'tee');
rule(d.duplicate, 'dup', 'dup2', 'dup3');
rule(d.fcntl, 'fcntl', 'fcntl64');
rule(d.pipe, 'pipe', 'pipe2', 'socketpair');
rule(d.close, 'close');
rule(d.closeRange, 'close_range');
rule(d.shutdown, 'shutdown');
rule(s.socket, 'socket');
rule(s.bind, 'bind');
rule(s.listen, 'listen');
rule(s.connect, 'connect');
rule(s.accept, 'accept', 'accept4');
rule(s.send, 'send', 'sendto', 'sendmsg', 'sendmmsg');
rule(s.receive, 'recv', 'recvfrom', 'recvmsg', 'recvmmsg');
rule(p.fork, 'fork', 'vfork', 'clone', 'clone3');
rule(p.exec, 'execve', 'execveat');
rule(p.exit, 'exit_group');
rule(p.standing, 'process');
rule(p.onProcess, 'ptrace', 'kill', 'process_vm_writev');
rule(p.unshare, 'unshare');
rule(p.makeRing, 'io_uring_setup');

/** Failures that are evidence in themselves: something was full, forbidden or not there to talk to. */
const tellingErrors = new Map([
  [-1, 'EPERM'],
  [-13, 'EACCES'],
  [-23, 'ENFILE'],
  [-24, 'EMFILE'],
  [-28, 'ENOSPC'],
  [-30, 'EROFS'],
  [-101, 'ENETUNREACH'],
  [-104, 'ECONNRESET'],
  [-110, 'ETIMEDOUT'],
  [-111, 'ECONNREFUSED'],
  [-113, 'EHOSTUNREACH'],
  [-122, 'EDQUOT'],
]);
const noRoom = new Set(['ENOSPC', 'EDQUOT']);
const inProgress = -115;

/** Applies the rule of the event's syscall; a call without one changes nothing. */
export function applyFlow(c: FlowContext): void {
  const { syscall, success, exit } = c.event;
  if (success || (syscall === 'connect' && exit === inProgress)) {
    if (c.event.sensor?.isNamed !== true || !applyNamed(c)) rules.get(syscall)?.(c);
    return;
  }
  const error = tellingErrors.get(exit);
  if (error === undefined) return;
  if (syscall === 'connect') s.failedConnect(c, error);
  else if (c.event.paths.length > 0) f.failedPath(c, error);
  else if (c.event.sensor?.isNamed !== true) failedDescriptor(c, error);
}

const descriptorCalls = new Set([
  'read',
  'write',
  'writev',
  'pwrite64',
  'pwrite',
  'fallocate',
  'ftruncate',
  'sendfile',
]);

function failedDescriptor(c: FlowContext, error: string): void {
  if (!descriptorCalls.has(c.event.syscall)) return;
  const { object, path } = c.descriptorOrUnseen(c.event.args[0] | 0);
  if (object === undefined) return;
  const op = `${c.event.syscall}!${error}`;
  c.outOf(object, 0, op);
  if (noRoom.has(error)) outOfSpace(c, object, op, path);
}

/** Calls whose return value is the number of bytes that reached the descriptor in their first argument. */
export const writeCalls: ReadonlySet<string> = new Set([
  'write',
  'writev',
  'pwrite64',
  'pwrite',
  'pwritev',
  'pwritev2',
  'sendto',
  'sendmsg',
  'send',
]);
