/**
 * Which vertex stands for a connection whose both ends are known: whoever saw it, from whichever end, on whichever
 * host, means the same one. A pair of ends that is used again later is another connection. It must not know processes,
 * descriptors or edges.
 */
import { StateTable } from '../state-table.ts';

export type ConnectionSide = 'connect' | 'accept';

interface Begun {
  readonly host: string;
  readonly time: bigint;
}

/** One use of a pair of ends. */
interface Use {
  readonly ordinal: number;
  connect?: Begun;
  accept?: Begun;
}

interface Pair {
  uses: Use[];
  next: number;
  order: number;
}

/** Pairs, and inodes of unix sockets, that are remembered; beyond it those that were used first are forgotten. */
const pairs_max = 100_000;
const uses_max = 8;
/** A connection is accepted, or its other host's clock says that it was, within so long of its connect. */
const wait_ns_max = 60_000_000_000n;

export class ConnectionIdentity {
  readonly #pairs: StateTable<Pair>;
  readonly #unix: StateTable<{ id: string; order: number }>;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#pairs = new StateTable('connection', saved);
    this.#unix = new StateTable('unix', saved);
    this.#orders = new StateTable('connection-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  /** The connection that begins at one of its sides: the one that began at the other (on that host), or a new one. */
  begun(pair: string, side: ConnectionSide, begun: Begun): { id: string; otherHost: string | undefined } {
    const known = this.#pair(pair);
    const other = side === 'connect' ? 'accept' : 'connect';
    const open = known.uses.filter((use) => use[side] === undefined && isNear(use[other], begun));
    // Private addresses are used on many hosts: the own one comes first.
    const use = open.findLast((u) => u[other]!.host === begun.host) ?? open.at(-1) ?? this.#newUse(known);
    use[side] = begun;
    this.#pairs.touch(pair);
    return { id: idOf(pair, use.ordinal), otherHost: use[other]?.host };
  }

  /** The connection at hand between these ends, whenever it began. */
  seen(pair: string): string {
    const known = this.#pair(pair);
    const use = known.uses.at(-1) ?? this.#newUse(known);
    this.#pairs.touch(pair);
    return idOf(pair, use.ordinal);
  }

  /** A unix connection by one of its ends, each the inode of a socket of its host; the other's is 0 while not known. */
  unix(host: string, own: number, peer: number, made: string): string {
    const ownKey = `${host}/${own % low}`;
    const peerKey = `${host}/${peer % low}`;
    const id = this.#unix.get(ownKey)?.id ?? (peer === 0 ? undefined : this.#unix.get(peerKey)?.id) ?? made;
    for (const key of peer === 0 ? [ownKey] : [ownKey, peerKey]) {
      if (this.#unix.get(key)?.id !== id) this.#unix.set(key, { id, order: this.#order++ });
    }
    if (this.#unix.size > pairs_max * 1.1) this.#forget(this.#unix);
    return id;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#orders.set('', this.#order);
    this.#orders.drainInto(into);
    this.#pairs.drainInto(into);
    this.#unix.drainInto(into);
  }

  #pair(pair: string): Pair {
    const known = this.#pairs.get(pair);
    if (known !== undefined) return known;
    if (this.#pairs.size > pairs_max * 1.1) this.#forget(this.#pairs);
    return this.#pairs.set(pair, { uses: [], next: 0, order: this.#order++ });
  }

  #newUse(known: Pair): Use {
    const use = { ordinal: known.next++ };
    known.uses.push(use);
    if (known.uses.length > uses_max) known.uses.shift();
    return use;
  }

  #forget(table: StateTable<{ order: number }>): void {
    const oldest = this.#order - pairs_max;
    for (const [key, { order }] of [...table.entries()]) if (order < oldest) table.delete(key);
  }
}

/** The kernel gives the other end's inode by its low half alone. */
const low = 2 ** 32;

function isNear(other: Begun | undefined, { time }: Begun): boolean {
  if (other === undefined) return false;
  const apart = time > other.time ? time - other.time : other.time - time;
  return apart <= wait_ns_max;
}

function idOf(pair: string, ordinal: number): string {
  return `socket:${pair}${ordinal === 0 ? '' : `+${ordinal}`}`;
}
