/** What a syscall's flow rule may see and do while one event is folded. It must not know batches or streams. */
import type { PathItem, SystemEvent } from '../../event/event.ts';
import type { Vertex, VertexKind } from '../../graph-store.ts';
import type { Unit } from '../../unit/unit.ts';
import type { UnitPartition } from '../../unit/unit-partition.ts';
import type { BrokerMemory } from '../broker-memory.ts';
import type { ConnectionIdentity } from '../connection-identity.ts';
import type { ContainerIdentity } from '../container-identity.ts';
import type { DatagramIdentity } from '../datagram-identity.ts';
import type { DeltaBuilder } from '../delta-builder.ts';
import { type Descriptor, descriptor } from '../descriptor-table.ts';
import type { FileIdentity } from '../file-identity.ts';
import type { FileVersions } from '../file-versions.ts';
import { term } from '../identity.ts';
import type { Process, ProcessTable } from '../process-table.ts';
import type { Reduction } from '../reduction.ts';
import type { SocketPairing } from '../socket-pairing.ts';
import type { SpaceUse } from '../space-use.ts';

export interface FoldParts {
  readonly processes: ProcessTable;
  readonly files: FileIdentity;
  readonly versions: FileVersions;
  readonly units: UnitPartition;
  readonly containers: ContainerIdentity;
  readonly connections: ConnectionIdentity;
  readonly datagrams: DatagramIdentity;
  readonly pairing: SocketPairing;
  readonly brokers: BrokerMemory;
  readonly space: SpaceUse;
  readonly reduction: Reduction;
  readonly builder: DeltaBuilder;
}

/** File types in a PATH record's mode. */
export const typeMask = 0o170000;
export const directoryType = 0o040000;
export const fifoType = 0o010000;
export const regularType = 0o100000;
export const socketType = 0o140000;
const silentDevices = new Set(['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom']);

function isFile(object: string): boolean {
  return object.startsWith('file:');
}

export class FlowContext {
  readonly parts: FoldParts;
  readonly event: SystemEvent;
  readonly process: Process;
  /** Effective time, ns. */
  readonly time: bigint;

  constructor(parts: FoldParts, event: SystemEvent, process: Process, time: bigint) {
    this.parts = parts;
    this.event = event;
    this.process = process;
    this.time = time;
  }

  /** Who acts: the unit being served, or the process outside of any. */
  get actor(): string {
    return this.currentUnit?.id ?? this.process.id;
  }

  /** The thread that made the call; 0 where the source does not say it. */
  get thread(): number {
    return this.event.kernel?.tid ?? 0;
  }

  into(object: string, bytes = 0, op = this.event.syscall): void {
    if (isFile(object)) this.parts.versions.wrote(object, this.actor);
    this.parts.reduction.flow(this.actor, this.#atHand(object), op, this.time, bytes);
  }

  outOf(object: string, bytes = 0, op = this.event.syscall): void {
    this.parts.reduction.flow(this.#atHand(object), this.actor, op, this.time, bytes);
  }

  descriptor(fd: number): Descriptor | undefined {
    return this.parts.processes.descriptors.get(this.process.table, fd);
  }

  /** The descriptor, with a vertex of its own for one that was opened before the capture began. */
  descriptorOrUnseen(fd: number): Descriptor {
    const known = this.descriptor(fd);
    if (known !== undefined) return known;
    const id = `file:${this.process.id.slice('process:'.length)}/descriptor ${fd}`;
    this.vertex(id, 'file', `descriptor ${fd} of ${this.process.comm}, opened before the capture`, []);
    const unseen = descriptor('file', { object: id });
    this.setDescriptor(fd, unseen);
    return unseen;
  }

  setDescriptor(fd: number, d: Descriptor): void {
    this.parts.processes.descriptors.set(this.process.table, fd, d);
  }

  /** The unit that a new descriptor belongs to. */
  get currentUnit(): Unit | undefined {
    return this.parts.units.current(this.process.id, this.thread, this.time);
  }

  vertex(
    id: string,
    kind: VertexKind,
    label: string,
    terms: readonly string[],
    properties: Vertex['properties'] = {},
  ): void {
    const { host, container } = this.process;
    this.parts.builder.vertex({ id, kind, label, host, container, time: this.time, terms, properties });
  }

  /** The file for a PATH item, with a vertex for the version at hand; undefined for directories, silent devices and items without identity. */
  file(item: PathItem): { id: string; kind: 'file' | 'pipe' } | undefined {
    const type = (item.mode ?? 0) & typeMask;
    if (type === directoryType || (item.path !== undefined && silentDevices.has(item.path))) return undefined;
    const id = this.parts.files.fileOf(this.process.host, this.process.container, item);
    if (id === undefined) return undefined;
    const path = item.path ?? item.name;
    const terms =
      path === undefined ? [] : [term('path', path), term('name', path.slice(path.lastIndexOf('/') + 1))];
    const version = this.#atHand(id);
    const properties = version === id ? {} : { version: Number(version.slice(id.length + 1)) };
    this.vertex(version, 'file', path ?? id, terms, properties);
    return { id, kind: type === fifoType ? 'pipe' : 'file' };
  }

  #atHand(object: string): string {
    return isFile(object) ? this.parts.versions.current(object) : object;
  }
}
