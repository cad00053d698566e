/**
 * What each descriptor of each process stands for: opened, duplicated, inherited by fork, shared by CLONE_FILES,
 * dropped by close, close-on-exec and exit. It must not know edges or units.
 */
import type { StateTable } from '../state-table.ts';

export interface Descriptor {
  /** Vertex that reading and writing it means; undefined for a socket that nothing is known of yet. */
  object: string | undefined;
  kind: 'file' | 'socket' | 'pipe';
  closeOnExec: boolean;
  /** Held over a fork without exec: where a worker takes its jobs from. */
  inherited: boolean;
  /** The unit that opened it, for servers that interleave requests in one thread. */
  unit: string | undefined;
  path: string | undefined;
  /** Device and inode that it is known to stand for, where a source in the kernel said them. */
  inode?: string | undefined;
  /** Of a socket: what `bind` said, whether it listens, whether it is a datagram socket. */
  local: { address: string; port: number } | { path: string } | undefined;
  listening: boolean;
  datagram: boolean;
  /** Of a connection's serving side: whether this process accepted it, or got it from who did. */
  accepted: 'here' | 'elsewhere' | undefined;
  /** Of a connection that this process made: whether units other than the one that made it have used it. */
  asks: 'one' | 'many' | undefined;
  /** Another descriptor of the same table may stand for the same object. */
  duplicated: boolean;
  /** Where its connect waits for the accept of the other side. */
  waitsAt: string | undefined;
}

/** Descriptors by number. A table may be shared by several processes (CLONE_FILES). */
export interface DescriptorTable {
  descriptors: Record<string, Descriptor>;
  owners: number;
}

/** More open descriptors than this are not followed in one table; the kernel's own default limit is lower. */
const descriptors_max = 65_536;

export function emptyTable(): DescriptorTable {
  return { descriptors: {}, owners: 1 };
}

export function descriptor(kind: Descriptor['kind'], fields: Partial<Descriptor>): Descriptor {
  return {
    object: undefined,
    kind,
    closeOnExec: false,
    inherited: false,
    unit: undefined,
    path: undefined,
    local: undefined,
    listening: false,
    datagram: false,
    accepted: undefined,
    asks: undefined,
    duplicated: false,
    waitsAt: undefined,
    ...fields,
  };
}

/** Of an object that has an inode, as `Descriptor.inode` has it. */
export function inodeKey(
  object: { device?: string | undefined; inode?: number | undefined } | undefined,
): string | undefined {
  const { device, inode } = object ?? {};
  return device === undefined || inode === undefined ? undefined : `${device}/${inode}`;
}

/** The child's table after a fork: a copy in which every descriptor is marked as inherited. */
export function forkTable(table: DescriptorTable): DescriptorTable {
  const descriptors: Record<string, Descriptor> = {};
  for (const fd in table.descriptors) {
    const d = table.descriptors[fd]!;
    const accepted = d.accepted === undefined ? undefined : 'elsewhere';
    descriptors[fd] = { ...d, inherited: true, accepted };
  }
  return { descriptors, owners: 1 };
}

/** The table after exec: without close-on-exec descriptors; inheritance means nothing to the new image. */
export function execTable(table: DescriptorTable): DescriptorTable {
  const descriptors: Record<string, Descriptor> = {};
  for (const fd in table.descriptors) {
    const d = table.descriptors[fd]!;
    if (!d.closeOnExec) descriptors[fd] = { ...d, inherited: false, unit: undefined };
  }
  return { descriptors, owners: 1 };
}

/** One host's tables by key; changes go through here so that they are committed. */
export class DescriptorTables {
  readonly #tables: StateTable<DescriptorTable>;

  constructor(tables: StateTable<DescriptorTable>) {
    this.#tables = tables;
  }

  table(key: string): DescriptorTable {
    return this.#tables.get(key) ?? this.#tables.set(key, emptyTable());
  }

  put(key: string, table: DescriptorTable): void {
    this.#tables.set(key, table);
  }

  drop(key: string): void {
    const table = this.#tables.get(key);
    if (table === undefined) return;
    table.owners--;
    if (table.owners <= 0) this.#tables.delete(key);
    else this.#tables.touch(key);
  }

  share(key: string): void {
    this.table(key).owners++;
    this.#tables.touch(key);
  }

  get(key: string, fd: number): Descriptor | undefined {
    return this.table(key).descriptors[fd];
  }

  set(key: string, fd: number, d: Descriptor): void {
    if (fd < 0 || fd > descriptors_max) return;
    this.table(key).descriptors[fd] = d;
    this.#tables.touch(key);
  }

  close(key: string, fd: number): Descriptor | undefined {
    const table = this.table(key);
    const d = table.descriptors[fd];
    if (d === undefined) return undefined;
    delete table.descriptors[fd];
    this.#tables.touch(key);
    return d;
  }

  touch(key: string): void {
    this.#tables.touch(key);
  }

  /** Whether any descriptor of any table stands for `object`. */
  isHeld(object: string): boolean {
    for (const [, { descriptors }] of this.#tables.entries())
      for (const fd in descriptors) if (descriptors[fd]!.object === object) return true;
    return false;
  }

  /** Whether any descriptor of the table still stands for the same end of the same object as `d`. */
  holds(key: string, d: Descriptor): boolean {
    const { descriptors } = this.table(key);
    for (const fd in descriptors) {
      const { object, accepted } = descriptors[fd]!;
      if (object === d.object && accepted === d.accepted) return true;
    }
    return false;
  }
}
