/** Flow rules of the life of processes: fork, exec, exit, and what one process does to another. */
import { execTable } from '../descriptor-table.ts';
import { processVertex } from '../process-vertex.ts';
import type { FlowContext } from './flow-context.ts';

const argv_length_max = 200;
const cloneFiles = 0x400;

export function fork(c: FlowContext): void {
  // What the kernel says of a child is taken before any rule.
  if (c.event.kernel !== undefined) return;
  c.parts.processes.forked(c.process, c.event, c.currentUnit?.id, c.time);
}

/** execve, execveat: another image in the same process; the files that it came from flow into it. */
export function exec(c: FlowContext): void {
  const { process, event, parts } = c;
  const script = event.paths.find((p) => p.nametype !== 'PARENT');
  process.script = undefined;
  process.exe = event.exe;
  process.comm = event.comm;
  process.argv = event.argv.join(' ').slice(0, argv_length_max);
  process.forkedOnly = false;
  process.served = undefined;
  parts.processes.replaceTable(process, execTable(parts.processes.descriptors.table(process.table)));
  parts.units.exited(process.id);
  processVertex(parts, process, c.time, script?.path);
  for (const item of event.paths) {
    // A script whose inode the kernel did not say is opened by its interpreter, and is then known by it.
    if (event.kernel !== undefined && item.inode === undefined) {
      process.script = item.path;
      continue;
    }
    const file = c.file(item);
    if (file !== undefined) c.outOf(file.id);
  }
}

/** A process that ran when the capture began, as the agent saw it. */
export function standing(c: FlowContext): void {
  const { process, event, parts } = c;
  process.exe = event.exe;
  process.argv = event.argv.join(' ').slice(0, argv_length_max);
  parts.processes.touch(process);
  processVertex(parts, process, process.start);
}

export function exit(c: FlowContext): void {
  c.parts.units.exited(c.process.id);
  c.parts.processes.exit(c.process);
}

/** ptrace, process_vm_writev, kill: the caller acts on the process that an argument names. */
export function onProcess(c: FlowContext): void {
  const pid = c.event.syscall === 'ptrace' ? c.event.args[1] : c.event.args[0];
  const other = pid > 0 ? c.parts.processes.findBeside(c.process, pid) : undefined;
  if (other !== undefined && other !== c.process) c.into(other.id);
}

/** io_uring_setup: a source in the kernel marks all that follows, of another one this call is all that is known. */
export function makeRing({ process, parts }: FlowContext): void {
  if (process.ioUring === true) return;
  process.ioUring = true;
  parts.processes.touch(process);
  processVertex(parts, process, process.start);
}

/** unshare(CLONE_FILES): a table that was shared becomes the caller's own. */
export function unshare(c: FlowContext): void {
  if ((c.event.args[0] & cloneFiles) === 0) return;
  const { processes } = c.parts;
  const table = processes.descriptors.table(c.process.table);
  if (table.owners > 1) processes.replaceTable(c.process, structuredCopy(table));
}

function structuredCopy(table: ReturnType<typeof execTable>): ReturnType<typeof execTable> {
  const descriptors: typeof table.descriptors = {};
  for (const fd in table.descriptors) descriptors[fd] = { ...table.descriptors[fd]! };
  return { descriptors, owners: 1 };
}
