/**
 * The fold: system events, application entries and container samples in, graph deltas out. A pure function of the
 * input sequence: cutting it into batches anywhere, or giving an input twice, changes nothing. All that it remembers
 * between two batches is in the delta's state, so that a store commits graph, state and position together.
 *
 * Inputs of one host come in the order of the kernel's serial; an application entry comes no later than the events
 * of its time. It must not know where inputs come from or where deltas go.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import type { ClockDifference } from '../ascl/clock-difference.ts';
import { LogPlacement } from '../ascl/log-placement.ts';
import type { KernelFacts, SystemEvent } from '../event/event.ts';
import type { KnownGap } from '../event/known-gap.ts';
import type { GraphDelta } from '../graph-store.ts';
import { type LineItem, streamOf } from '../line/log-line.ts';
import { UnitPartition } from '../unit/unit-partition.ts';
import { BrokerMemory } from './broker-memory.ts';
import { ConnectionIdentity } from './connection-identity.ts';
import { ContainerIdentity, type ContainerSample } from './container-identity.ts';
import { DatagramIdentity } from './datagram-identity.ts';
import { DeltaBuilder } from './delta-builder.ts';
import { FileIdentity } from './file-identity.ts';
import { FileVersions } from './file-versions.ts';
import { adoptDescriptors } from './flow/adopted-descriptor.ts';
import { FlowContext, type FoldParts } from './flow/flow-context.ts';
import { applyFlow, writeCalls } from './flow/flow-rules.ts';
import { HostClock } from './host-clock.ts';
import { unitId } from './identity.ts';
import type { ImageBuild } from './image-build.ts';
import { LineFold } from './line-fold.ts';
import { type Birth, type Process, ProcessTable } from './process-table.ts';
import { processVertex } from './process-vertex.ts';
import { Reduction } from './reduction.ts';
import { type ProfileOf, RunningPrograms } from './running-programs.ts';
import { SocketPairing } from './socket-pairing.ts';
import { SpaceUse } from './space-use.ts';
import { StatementFold, type TemplateOf } from './statement-fold.ts';

export type FoldItem = SystemEvent | AppEntry | LineItem | ContainerSample | ImageBuild | KnownGap;

/** One input with its place among the lines, or the others, of its stream; one before the position was folded already. */
export interface FoldInput {
  readonly stream: string;
  readonly position: bigint;
  readonly item: FoldItem;
}

export interface FoldOptions {
  /** State and positions as the store has them; empty for a new graph. */
  readonly state: ReadonlyMap<string, string>;
  readonly positions: ReadonlyMap<string, bigint>;
  readonly templateOf: TemplateOf;
  readonly profileOf: ProfileOf;
}

export class Fold {
  readonly #builder = new DeltaBuilder();
  readonly #clock: HostClock;
  readonly #containers: ContainerIdentity;
  readonly #placement: LogPlacement;
  readonly #parts: FoldParts;
  readonly #programs: RunningPrograms;
  readonly #statements: StatementFold;
  readonly #lines: LineFold;
  readonly #positions: Map<string, bigint>;
  readonly #moved = new Set<string>();
  /** Units begun since the fold was made. */
  units = 0;
  /** Events, by host, of before what had been folded: they stand after it, with its time. */
  readonly older = new Map<string, number>();

  constructor(options: FoldOptions) {
    const { state } = options;
    this.#clock = new HostClock(state);
    this.#containers = new ContainerIdentity(state);
    this.#placement = new LogPlacement(state);
    this.#parts = {
      processes: new ProcessTable(state),
      files: new FileIdentity(state),
      versions: new FileVersions(state),
      units: new UnitPartition(state, (process, ordinal) => {
        this.units++;
        return unitId(process, ordinal);
      }),
      containers: this.#containers,
      pairing: new SocketPairing(state, this.#containers),
      connections: new ConnectionIdentity(state),
      datagrams: new DatagramIdentity(state),
      brokers: new BrokerMemory(state),
      space: new SpaceUse(state),
      reduction: new Reduction(state, this.#builder),
      builder: this.#builder,
    };
    this.#programs = new RunningPrograms(state);
    this.#statements = new StatementFold(this.#parts, state, options.templateOf);
    const { profileOf } = options;
    this.#lines = new LineFold(this.#parts, state, this.#statements, this.#programs, profileOf);
    this.#positions = new Map(options.positions);
  }

  add(input: FoldInput): void {
    const place = trackOf(input);
    if (input.position < (this.#positions.get(place) ?? 0n)) return;
    this.#positions.set(place, input.position + 1n);
    this.#moved.add(place);
    this.addItem(input.stream, input.item);
  }

  /** For whoever keeps account of its streams itself, and commits that with what this call changed. */
  addItem(stream: string, item: FoldItem): void {
    if (item.kind === 'system') this.#system(stream, item);
    else if (item.kind === 'app') this.#app(stream, item);
    else if (item.kind === 'line') this.#line(stream, item);
    else if (item.kind === 'container') this.#sample(item);
    else if (item.kind === 'image') this.#programs.image(item);
    else this.#gap(stream, item);
  }

  /** How far the clocks of logs are known to be from the kernel's, by host/source. */
  clocks(): [key: string, difference: ClockDifference][] {
    return this.#placement.clocks();
  }

  /** The host's newest effective time (ns); 0 before its first event. */
  now(host: string): bigint {
    return this.#clock.now(host);
  }

  /** No more input is expected: entries that still wait for their write are placed by time. */
  finish(): void {
    for (const host of this.#placement.hosts()) this.#placeOverdue(host, true);
  }

  /** What changed since the last call. */
  take(): GraphDelta {
    const state = new Map<string, string | undefined>();
    this.#clock.drainInto(state);
    this.#containers.drainInto(state);
    this.#placement.drainInto(state);
    this.#lines.drainInto(state);
    this.#statements.drainInto(state);
    this.#programs.drainInto(state);
    const { builder: _, containers: __, ...parts } = this.#parts;
    for (const part of Object.values(parts)) part.drainInto(state);
    const positions = new Map<string, bigint>();
    for (const stream of this.#moved) positions.set(stream, this.#positions.get(stream)!);
    this.#moved.clear();
    return this.#builder.take(state, positions);
  }

  #line(stream: string, { log, name, number, part, text }: LineItem): void {
    this.#builder.line({ stream: streamOf(stream, log), name, number, part, text });
  }

  #system(stream: string, given: SystemEvent): void {
    const event = this.#parts.files.named(given);
    const { time, gap, bootedAfter, older } = this.#clock.advance(event);
    if (older) this.older.set(event.host, (this.older.get(event.host) ?? 0) + 1);
    if (bootedAfter !== undefined) this.#booted(event.host, bootedAfter);
    if (gap !== undefined) this.#builder.gap(gap);
    this.#placeOverdue(event.host, false);
    if (event.pid === 0 || event.syscall === '') return;
    const process = this.#parts.processes.of(event, time, (birth) => this.#born(birth));
    // Threads have names of their own.
    const isOwnName = event.kernel === undefined || event.kernel.tid === event.pid;
    if (isOwnName && process.comm !== event.comm && event.syscall !== 'execve') {
      process.comm = event.comm;
      this.#parts.processes.touch(process);
    }
    const context = new FlowContext(this.#parts, event, process, time);
    if (event.kernel !== undefined) this.#takeFacts(context, event.kernel);
    if (event.sensor !== undefined) this.#takeContainer(process, event.container);
    const { container } = process;
    const entries = (event.kernel?.entries ?? []).map((entry) => ({
      ...entry,
      container,
      stream: streamOf(stream, entry.log),
    }));
    this.#lines.place(entries, process, context.thread, time);
    const isWrite = event.success && writeCalls.has(event.syscall) && event.sensor?.isNamed !== true;
    if (entries.length === 0 && isWrite) this.#logWrite(context);
    applyFlow(context);
    this.#parts.units.syscall(process.id, context.thread, event.syscall, time);
    if (!process.exited) return;
    this.#containers.exited(process.host, process.pid);
    this.#programs.exited(process);
    this.#parts.brokers.drop(process.id);
  }

  /** What only the kernel knows, before any rule is asked: container, child, descriptors. */
  #takeFacts(c: FlowContext, kernel: KernelFacts): void {
    const { process, event, time } = c;
    const isMoved = !sameNumbers(process.cgroups, kernel.cgroups);
    const isMarked =
      (kernel.ioUring && process.ioUring !== true) || (kernel.cutLine && process.cutLine !== true);
    if (isMoved || isMarked) {
      process.cgroups = kernel.cgroups;
      process.ioUring ||= kernel.ioUring;
      process.cutLine ||= kernel.cutLine;
      this.#parts.processes.touch(process);
    }
    if ((isMoved && this.#identify(process)) || isMarked) {
      processVertex(this.#parts, process, process.start);
    }
    adoptDescriptors(c, kernel);
    if (kernel.child === undefined) return;
    this.#born(this.#parts.processes.child(process, event, c.currentUnit?.id, time));
  }

  /** A sensor says it with every event, and a process may get into one after it was seen first. */
  #takeContainer(process: Process, container: string | undefined): void {
    if (container === undefined || process.container === container) return;
    process.container = container;
    this.#parts.processes.touch(process);
    processVertex(this.#parts, process, process.start);
  }

  /** Nothing that ran before a boot runs after it: pids begin again, and nobody waits at a socket any more. */
  #booted(host: string, after: bigint): void {
    this.#placeOverdue(host, true);
    for (const process of this.#parts.processes.rebooted(host)) {
      this.#parts.units.exited(process.id);
      this.#parts.brokers.drop(process.id);
    }
    this.#parts.pairing.rebooted(host);
    this.#containers.rebooted(host, after);
  }

  #born(birth: Birth): void {
    const { child, parent, reported, time } = birth;
    for (const sibling of birth.renumbered) {
      this.#identify(sibling);
      processVertex(this.#parts, sibling, sibling.start);
    }
    this.#identify(child);
    this.#programs.born(child, parent);
    processVertex(this.#parts, child, time);
    const unit =
      reported || parent === undefined ? birth.unit : this.#parts.units.current(parent.id, 0, time)?.id;
    const from = unit ?? parent?.id;
    if (from !== undefined) this.#parts.reduction.flow(from, child.id, 'fork', time, 0);
  }

  /** Takes over what the agent knows of the process; true where that was new. */
  #identify(p: Process): boolean {
    const known = this.#containers.ofPid(p.host, p.pid);
    const ofCgroup = p.cgroups
      ?.map((id) => this.#containers.ofCgroup(p.host, id))
      .find((c) => c !== undefined);
    const container = ofCgroup ?? known?.container ?? p.container;
    // A source in the kernel said the pid itself.
    const namespacePid = p.bootStart === undefined ? (known?.namespacePid ?? p.namespacePid) : p.namespacePid;
    if (p.container === container && p.namespacePid === namespacePid) return false;
    p.container = container;
    p.namespacePid = namespacePid;
    this.#parts.processes.touch(p);
    return true;
  }

  #sample(sample: ContainerSample): void {
    const cgroups = new Set(this.#containers.learn(sample));
    const named = [sample.initPid, ...sample.pids.map(([hostPid]) => hostPid)].map((pid) =>
      this.#parts.processes.find(sample.host, pid),
    );
    const within = cgroups.size === 0 ? [] : [...this.#parts.processes.all()].map(([, p]) => p);
    const processes = new Set([
      ...named,
      ...within.filter((p) => p.host === sample.host && p.cgroups?.some((id) => cgroups.has(id))),
    ]);
    for (const p of processes) {
      if (p !== undefined && !p.exited && this.#identify(p)) processVertex(this.#parts, p, p.start);
    }
  }

  #gap(stream: string, { kind: _, ...gap }: KnownGap): void {
    this.#builder.gap({ stream, ...gap });
  }

  #app(stream: string, given: AppEntry): void {
    const now = this.#clock.now(given.host);
    const entry = { ...given, stream: streamOf(stream, given.log) };
    if (now === 0n) {
      this.#placement.pass(entry);
      this.#lines.placeLate(entry, entry.time);
    } else this.#placement.wait(entry.timeSource === 'none' ? { ...entry, time: now } : entry);
  }

  #logWrite(c: FlowContext): void {
    const d = c.descriptor(c.event.args[0] | 0);
    if (d?.kind === 'socket' && d.path === undefined && d.object === undefined) return;
    const object = d?.object ?? c.descriptorOrUnseen(c.event.args[0] | 0).object;
    if (object === undefined) return;
    const entries = this.#placement.writtenBy({
      host: c.process.host,
      time: c.time,
      bytes: c.event.exit,
      pid: c.process.pid,
      namespacePid: c.process.namespacePid,
      container: c.process.container,
      object,
      path: d?.path,
    });
    this.#lines.place(entries, c.process, c.thread, c.time);
  }

  #placeOverdue(host: string, all: boolean): void {
    for (const entry of this.#placement.overdue(host, this.#clock.now(host), all)) {
      this.#lines.placeLate(entry, this.#clock.now(host));
    }
  }
}

function sameNumbers(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a !== undefined && a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * What an input's position is counted in. Lines are the same however they are read; which entries they are hangs on the
 * format, and that on how much of a growing log is there.
 */
export function trackOf({ stream, item }: FoldInput): string {
  return item.kind === 'line' ? `${stream} lines` : stream;
}
