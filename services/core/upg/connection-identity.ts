/**
 * Which vertex stands for a connection whose both ends are known: whoever saw it, from whichever end, on whichever
 * host, means the same one. A pair of ends that is used again later is another connection. It must not know processes,
 * descriptors or edges.
 *
 * Where an address is translated in between (a published port, a service's virtual address), the sides name different
 * servers: a connect and an accept that no pair joins are one by the client's end, which both name, and by their time.
 * Where the client's address is translated as well (masquerading), its port mostly stays: within one host, from one network
 * namespace to another, a connect and an accept of that port are one if no other fits.
 */
import { StateTable } from '../state-table.ts';

export type ConnectionSide = 'connect' | 'accept';

interface Begun {
  readonly host: string;
  readonly time: bigint;
  readonly netNamespace?: number | undefined;
}

/** What is translated between the sides of a connection: its server's address, or its client's (and perhaps both). */
export type Translation = 'server' | 'client';

/** What is known of a connection when one of its sides begins. */
export interface BegunConnection {
  readonly id: string;
  /** Where its other side had begun. */
  readonly otherHost: string | undefined;
  /** Its sides name different servers, or different clients, too. */
  readonly translation: Translation | undefined;
}

/** Begun at one side alone. */
interface Half extends Begun {
  readonly pair: string;
  readonly ordinal: number;
  readonly side: ConnectionSide;
  /** Under which it waits: the client's end, and its host and the client's port. */
  readonly keys: readonly string[];
}

interface Halves {
  halves: Half[];
  readonly order: number;
}

/** One use of a pair of ends. */
interface Use {
  readonly ordinal: number;
  /** The connection's id, where it is another pair's. */
  readonly as?: string;
  readonly translation?: Translation;
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
/** A client's port is soon used again, towards another server. */
const translation_ns_max = 1_000_000_000n;
/** Of a port alone, which others use as well. */
const masquerading_ns_max = 250_000_000n;
const halvesOfClient_max = 8;

export class ConnectionIdentity {
  readonly #pairs: StateTable<Pair>;
  readonly #unix: StateTable<{ id: string; order: number }>;
  /** By their keys. */
  readonly #halves: StateTable<Halves>;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#pairs = new StateTable('connection', saved);
    this.#unix = new StateTable('unix', saved);
    this.#halves = new StateTable('connection-half', saved);
    this.#orders = new StateTable('connection-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  /**
   * The connection that begins at one of its sides: the one that began at the other (on that host), or a new one. `client`
   * is the client's end, `port` its port.
   */
  begun(
    pair: string,
    side: ConnectionSide,
    { client, port }: { readonly client: string; readonly port: number },
    begun: Begun,
  ): BegunConnection {
    const known = this.#pair(pair);
    const other = side === 'connect' ? 'accept' : 'connect';
    const open = known.uses.filter(
      (use) => use[side] === undefined && isNear(use[other], begun, wait_ns_max),
    );
    // Private addresses are used on many hosts: the own one comes first.
    const use = open.findLast((u) => u[other]!.host === begun.host) ?? open.at(-1);
    this.#pairs.touch(pair);
    if (use !== undefined) {
      use[side] = begun;
      this.#takeHalf(client, ({ pair: its, ordinal }) => its === pair && ordinal === use.ordinal);
      return { id: idOf(pair, use), otherHost: use[other]!.host, translation: use.translation };
    }
    const masked = `${begun.host} port ${port}`;
    const isOther = (h: Half): boolean => h.side === other && h.pair !== pair;
    const ofClient = this.#takeHalf(client, (h) => isOther(h) && isNear(h, begun, translation_ns_max));
    const half = ofClient ?? this.#takeOnlyHalf(masked, (h) => isOther(h) && isMasked(h, begun));
    if (half === undefined) {
      const fresh = this.#newUse(known);
      fresh[side] = begun;
      this.#leaveHalf({ ...begun, pair, ordinal: fresh.ordinal, side, keys: [client, masked] });
      return { id: idOf(pair, fresh), otherHost: undefined, translation: undefined };
    }
    const translation = ofClient === undefined ? 'client' : 'server';
    const whole = this.#pairs.get(half.pair)?.uses.find(({ ordinal }) => ordinal === half.ordinal);
    if (whole !== undefined) whole[side] = begun;
    this.#pairs.touch(half.pair);
    const id = idOf(half.pair, whole ?? half);
    this.#newUse(known, { as: id, translation })[side] = begun;
    return { id, otherHost: half.host, translation };
  }

  /** The connection at hand between these ends, whenever it began. */
  seen(pair: string): string {
    const known = this.#pair(pair);
    const use = known.uses.at(-1) ?? this.#newUse(known);
    this.#pairs.touch(pair);
    return idOf(pair, use);
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
    this.#halves.drainInto(into);
  }

  #pair(pair: string): Pair {
    const known = this.#pairs.get(pair);
    if (known !== undefined) return known;
    if (this.#pairs.size > pairs_max * 1.1) this.#forget(this.#pairs);
    return this.#pairs.set(pair, { uses: [], next: 0, order: this.#order++ });
  }

  #newUse(known: Pair, another: Pick<Use, 'as' | 'translation'> = {}): Use {
    const use: Use = { ordinal: known.next++, ...another };
    known.uses.push(use);
    if (known.uses.length > uses_max) known.uses.shift();
    return use;
  }

  /** The last of those that fit; it is whole now. */
  #takeHalf(key: string, fits: (half: Half) => boolean): Half | undefined {
    const half = this.#halves.get(key)?.halves.findLast(fits);
    for (const each of half?.keys ?? []) {
      const known = this.#halves.get(each);
      if (known === undefined) continue;
      const halves = known.halves.filter((h) => h.pair !== half!.pair || h.ordinal !== half!.ordinal);
      if (halves.length === 0) this.#halves.delete(each);
      else this.#halves.set(each, { ...known, halves });
    }
    return half;
  }

  /** The same where no other fits. */
  #takeOnlyHalf(key: string, fits: (half: Half) => boolean): Half | undefined {
    const fitting = this.#halves.get(key)?.halves.filter(fits) ?? [];
    return fitting.length === 1 ? this.#takeHalf(key, fits) : undefined;
  }

  #leaveHalf(half: Half): void {
    for (const key of half.keys) {
      const { halves, order } = this.#halves.get(key) ?? { halves: [], order: this.#order++ };
      this.#halves.set(key, { halves: [...halves, half].slice(-halvesOfClient_max), order });
    }
    if (this.#halves.size > pairs_max * 1.1) this.#forget(this.#halves);
  }

  #forget(table: StateTable<{ order: number }>): void {
    const oldest = this.#order - pairs_max;
    for (const [key, { order }] of [...table.entries()]) if (order < oldest) table.delete(key);
  }
}

/** The kernel gives the other end's inode by its low half alone. */
const low = 2 ** 32;

function isMasked(half: Half, begun: Begun): boolean {
  if (half.netNamespace === undefined || begun.netNamespace === undefined) return false;
  return half.netNamespace !== begun.netNamespace && isNear(half, begun, masquerading_ns_max);
}

function isNear(other: Begun | undefined, { time }: Begun, ns_max: bigint): boolean {
  if (other === undefined) return false;
  const apart = time > other.time ? time - other.time : other.time - time;
  return apart <= ns_max;
}

function idOf(pair: string, { ordinal, as }: { readonly ordinal: number; readonly as?: string }): string {
  return as ?? `socket:${pair}${ordinal === 0 ? '' : `+${ordinal}`}`;
}
