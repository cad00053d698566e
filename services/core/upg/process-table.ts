/**
 * Which process a pid means now: birth by fork, image by exec, end by exit, reuse of the number. Holds for each
 * process its vertex, parent, container, namespace pid and descriptor table. It must not know files or sockets.
 */
import type { SystemEvent } from '../event/event.ts';
import { StateTable } from '../state-table.ts';
import { type DescriptorTable, DescriptorTables, forkTable } from './descriptor-table.ts';
import { bootProcessId, processId } from './identity.ts';

export interface Process {
  id: string;
  host: string;
  pid: number;
  ppid: number;
  start: bigint;
  /** ns since the boot, where a source in the kernel said it: with it a number that is used again is another process. */
  bootStart?: bigint | undefined;
  pidNamespace?: number | undefined;
  /** ns since the epoch, where a sensor said it. */
  sensorStart?: bigint | undefined;
  cgroups?: readonly number[] | undefined;
  /** It has an io_uring, and what it does there is not seen. */
  ioUring?: boolean | undefined;
  /** Of a line that it printed a part was not recorded. */
  cutLine?: boolean | undefined;
  /** When its first unit began. */
  served?: bigint | undefined;
  exe: string;
  comm: string;
  argv: string;
  /** A script that it executes and has not opened yet, where the kernel said its path and no inode. */
  script?: string | undefined;
  container: string | undefined;
  namespacePid: number | undefined;
  /** Key of its descriptor table. */
  table: string;
  /** True until it executes an image of its own: a worker of its parent's program. */
  forkedOnly: boolean;
  exited: boolean;
}

/** A fork that its parent reported and whose child was not seen yet. */
interface PendingFork {
  time: bigint;
  exit: number;
  unit: string | undefined;
  /** Tables as they were at the fork; undefined with `sharedTable`. */
  table: DescriptorTable | undefined;
  sharedTable: string | undefined;
}

export interface Birth {
  child: Process;
  parent: Process | undefined;
  /** The parent's unit that forked it. */
  unit: string | undefined;
  /** Whether the parent's fork was seen before; if not, what the parent is at now is what it forked in. */
  reported: boolean;
  time: bigint;
  /** Siblings whose namespace pid turned out to be another one. */
  renumbered: Process[];
}

/** Children that were forked side by side in a pid namespace, where a fork's return names none of them. */
interface Burst {
  /** Host pids of those that were seen, and what the forks that were taken for theirs returned. */
  children: number[];
  exits: number[];
}

const pendingForks_max = 64;
/** A fork that is reported later than this after its child's first event is taken for another one. */
const earlyChild_ns_max = 1_000_000_000n;
/** Processes held before those that ended are forgotten. */
const processes_max = 50_000;
const cloneFiles = 0x400;
const cloneThread = 0x10000;

export class ProcessTable {
  readonly descriptors: DescriptorTables;
  readonly #tables: StateTable<DescriptorTable>;
  readonly #processes: StateTable<Process>;
  readonly #forks: StateTable<PendingFork[]>;
  /** Children seen before their parent's fork was reported (vfork reports after the child's exec). */
  readonly #earlyChildren: StateTable<number[]>;
  readonly #bursts: StateTable<Burst>;
  readonly #serials: StateTable<number>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#tables = new StateTable('descriptors', saved);
    this.descriptors = new DescriptorTables(this.#tables);
    this.#processes = new StateTable('process', saved);
    this.#forks = new StateTable('forks', saved);
    this.#earlyChildren = new StateTable('early', saved);
    this.#bursts = new StateTable('burst', saved);
    this.#serials = new StateTable('table-serial', saved);
  }

  find(host: string, pid: number): Process | undefined {
    return this.#processes.get(`${host}/${pid}`);
  }

  touch(p: Process): void {
    this.#processes.touch(`${p.host}/${p.pid}`);
  }

  all(): IterableIterator<[string, Process]> {
    return this.#processes.entries();
  }

  /** The process that made the event; calls `born` where this is the first sight of it. */
  of(event: SystemEvent, time: bigint, born: (birth: Birth) => void): Process {
    const known = this.find(event.host, event.pid);
    if (known !== undefined && this.#isSame(known, event)) {
      // A sensor may not say it.
      if (event.ppid !== 0 && known.ppid !== event.ppid) {
        known.ppid = event.ppid;
        this.touch(known);
      }
      return known;
    }
    if (known !== undefined) this.exit(known);
    const birth = this.#birth(event, time);
    born(birth);
    return birth.child;
  }

  /** The child that the kernel named as it was made, with a copy of what the parent holds now. */
  child(parent: Process, event: SystemEvent, unit: string | undefined, time: bigint): Birth {
    const { pid, namespacePid, start } = event.kernel!.child!;
    const before = this.find(parent.host, pid);
    if (before !== undefined) this.exit(before);
    const child: Process = {
      ...parent,
      id: bootProcessId(parent.host, pid, event.kernel!.bootId, start),
      pid,
      ppid: parent.pid,
      start: time,
      bootStart: start,
      namespacePid: namespacePid === 0 || namespacePid === pid ? undefined : namespacePid,
      table: this.#forkedTable(parent, event),
      forkedOnly: true,
      exited: false,
    };
    this.#processes.set(`${child.host}/${pid}`, child);
    return { child, parent, unit, reported: true, time, renumbered: [] };
  }

  /** Who has the number in the pid namespace of `caller`. */
  findBeside(caller: Process, pid: number): Process | undefined {
    if (caller.pidNamespace === undefined || caller.namespacePid === undefined)
      return this.find(caller.host, pid);
    for (const [, p] of this.#processes.entries()) {
      const isBeside = p.host === caller.host && p.pidNamespace === caller.pidNamespace && !p.exited;
      if (isBeside && p.namespacePid === pid) return p;
    }
    return undefined;
  }

  /** A fork, vfork, clone or clone3 that its parent reports: the child inherits what the parent holds now. */
  forked(parent: Process, event: SystemEvent, unit: string | undefined, time: bigint): void {
    const flags = event.syscall === 'clone' ? event.args[0] : 0;
    if ((flags & cloneThread) !== 0) return;
    if (this.#claimEarlyChild(parent, event, time)) return;
    const shared = (flags & cloneFiles) !== 0 && event.syscall === 'clone';
    const key = `${parent.host}/${parent.pid}`;
    const forks = this.#forks.get(key) ?? [];
    forks.push({
      time,
      exit: event.exit,
      unit,
      table: shared ? undefined : forkTable(this.descriptors.table(parent.table)),
      sharedTable: shared ? parent.table : undefined,
    });
    if (forks.length > pendingForks_max) forks.shift();
    this.#forks.set(key, forks);
  }

  exit(p: Process): void {
    if (p.exited) return;
    p.exited = true;
    this.descriptors.drop(p.table);
    this.#forks.delete(`${p.host}/${p.pid}`);
    this.#earlyChildren.delete(`${p.host}/${p.pid}`);
    this.#bursts.delete(`${p.host}/${p.pid}`);
    this.touch(p);
    if (this.#processes.size > processes_max) this.#forgetExited();
  }

  /** Ends every process of the host, and gives those that were alive. */
  rebooted(host: string): Process[] {
    const alive = [...this.#processes.entries()]
      .map(([, p]) => p)
      .filter((p) => p.host === host && !p.exited);
    for (const p of alive) this.exit(p);
    return alive;
  }

  /** Gives the process a table of its own before exec changes it. */
  replaceTable(p: Process, table: DescriptorTable): void {
    this.descriptors.drop(p.table);
    p.table = this.#newTableKey(p.host);
    this.descriptors.put(p.table, table);
    this.touch(p);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#tables.drainInto(into);
    this.#processes.drainInto(into);
    this.#forks.drainInto(into);
    this.#earlyChildren.drainInto(into);
    this.#bursts.drainInto(into);
    this.#serials.drainInto(into);
  }

  #isSame(known: Process, event: SystemEvent): boolean {
    const { kernel } = event;
    if (event.sensor?.processStart !== undefined) {
      if (known.sensorStart !== undefined) return known.sensorStart === event.sensor.processStart;
      if (known.exited) return false;
      known.sensorStart = event.sensor.processStart;
      this.touch(known);
      return true;
    }
    if (kernel === undefined) return !known.exited && !this.#isAnother(known, event);
    if (known.id === bootProcessId(event.host, event.pid, kernel.bootId, kernel.processStart)) return true;
    if (known.exited) return false;
    if (known.bootStart !== undefined) return known.bootStart === kernel.processStart;
    // It was known from a source that does not say it.
    known.bootStart = kernel.processStart;
    this.touch(known);
    return true;
  }

  /**
   * A process that was killed makes no exit call: its number is used again when a later fork gave it. A live pid under
   * another parent is the same process when it was handed to a reaper, that is when its parent is gone.
   */
  #isAnother(known: Process, event: SystemEvent): boolean {
    const forks = this.#forks.get(`${event.host}/${event.ppid}`);
    if (!forks?.some((f) => f.exit === event.pid && f.time > known.start)) return false;
    if (known.ppid === event.ppid) return true;
    if (known.ppid === 0 || event.ppid <= 1) return false;
    const oldParent = this.find(event.host, known.ppid);
    return oldParent !== undefined && !oldParent.exited;
  }

  #birth(event: SystemEvent, now: bigint): Birth {
    const parent = this.find(event.host, event.ppid);
    const fork = parent === undefined || parent.exited ? undefined : this.#takeFork(parent, event);
    const time = fork?.time ?? now;
    const { kernel } = event;
    if (parent !== undefined && !parent.exited && fork === undefined && kernel === undefined) {
      const key = `${parent.host}/${parent.pid}`;
      this.#earlyChildren.set(
        key,
        [...(this.#earlyChildren.get(key) ?? []), event.pid].slice(-pendingForks_max),
      );
    }
    const table = this.#childTable(parent, fork, event.host);
    const child: Process = {
      id:
        kernel === undefined
          ? processId(event.host, event.pid, time)
          : bootProcessId(event.host, event.pid, kernel.bootId, kernel.processStart),
      host: event.host,
      pid: event.pid,
      ppid: event.ppid,
      start: time,
      bootStart: kernel?.processStart,
      pidNamespace: kernel?.pidNamespace,
      sensorStart: event.sensor?.processStart,
      exe: event.exe,
      comm: event.comm,
      // Until it executes another image it is called as who forked it.
      argv: parent?.exe === event.exe ? parent.argv : '',
      // A source in the kernel says the cgroup, and that says the container.
      container: event.container ?? (kernel === undefined ? parent?.container : undefined),
      namespacePid:
        event.namespacePid ?? (fork !== undefined && fork.exit !== event.pid ? fork.exit : undefined),
      table,
      forkedOnly: parent !== undefined,
      exited: false,
    };
    this.#processes.set(`${child.host}/${child.pid}`, child);
    const renumbered = parent === undefined ? [] : this.#renumber(parent);
    return { child, parent, unit: fork?.unit, reported: fork !== undefined, time, renumbered };
  }

  #forkedTable(parent: Process, event: SystemEvent): string {
    if (event.syscall === 'clone' && (event.args[0] & cloneFiles) !== 0) {
      this.descriptors.share(parent.table);
      return parent.table;
    }
    const key = this.#newTableKey(parent.host);
    this.descriptors.put(key, forkTable(this.descriptors.table(parent.table)));
    return key;
  }

  #childTable(parent: Process | undefined, fork: PendingFork | undefined, host: string): string {
    if (fork?.sharedTable !== undefined) {
      this.descriptors.share(fork.sharedTable);
      return fork.sharedTable;
    }
    const key = this.#newTableKey(host);
    if (fork?.table !== undefined) this.descriptors.put(key, fork.table);
    else if (parent !== undefined && !parent.exited) {
      this.descriptors.put(key, forkTable(this.descriptors.table(parent.table)));
    } else this.descriptors.table(key);
    return key;
  }

  /** In the host's own namespace the return value names the child; in another the newest fork is the likeliest. */
  #takeFork(parent: Process, event: SystemEvent): PendingFork | undefined {
    const key = `${parent.host}/${parent.pid}`;
    const forks = this.#forks.get(key);
    if (forks === undefined || forks.length === 0) return undefined;
    const exact = forks.findIndex((f) => f.exit === event.pid || f.exit === event.namespacePid);
    const [fork] = forks.splice(exact >= 0 ? exact : forks.length - 1, 1);
    if (exact < 0) {
      const burst = this.#bursts.get(key) ?? { children: [], exits: [] };
      burst.children.push(event.pid);
      burst.exits.push(fork!.exit);
      if (burst.children.length > pendingForks_max) this.#bursts.delete(key);
      else this.#bursts.set(key, burst);
    }
    if (forks.length === 0) this.#forks.delete(key);
    else this.#forks.touch(key);
    return fork;
  }

  /** Once every child of a burst was seen: pids are given in order in either namespace. */
  #renumber(parent: Process): Process[] {
    const key = `${parent.host}/${parent.pid}`;
    const burst = this.#bursts.get(key);
    if (burst === undefined || this.#forks.get(key) !== undefined) return [];
    this.#bursts.delete(key);
    const children = burst.children.toSorted((a, b) => a - b);
    const exits = burst.exits.toSorted((a, b) => a - b);
    const renumbered: Process[] = [];
    for (const [i, pid] of children.entries()) {
      const child = this.find(parent.host, pid);
      if (child === undefined || child.exited || child.namespacePid === exits[i]) continue;
      child.namespacePid = exits[i];
      this.touch(child);
      renumbered.push(child);
    }
    return renumbered;
  }

  /** Whether the fork's child is there already; then it also learns its namespace pid. */
  #claimEarlyChild(parent: Process, event: SystemEvent, time: bigint): boolean {
    const key = `${parent.host}/${parent.pid}`;
    const early = this.#earlyChildren.get(key)?.filter((pid) => {
      const child = this.find(parent.host, pid);
      return child !== undefined && time - child.start < earlyChild_ns_max;
    });
    if (early === undefined || early.length === 0) return false;
    const exact = early.indexOf(event.exit);
    const [pid] = early.splice(Math.max(exact, 0), 1);
    this.#earlyChildren.set(key, early);
    const child = this.find(parent.host, pid!)!;
    if (child.namespacePid === undefined && event.exit !== child.pid) child.namespacePid = event.exit;
    this.touch(child);
    return true;
  }

  #forgetExited(): void {
    for (const [key, p] of this.#processes.entries()) if (p.exited) this.#processes.delete(key);
  }

  #newTableKey(host: string): string {
    const serial = (this.#serials.get(host) ?? 0) + 1;
    this.#serials.set(host, serial);
    return `${host}#${serial}`;
  }
}
