/**
 * The clocks of all hosts against one of them, as a trace uses them: times of any host become times of the reference.
 * Hosts that no connection joins to the reference keep their own. It must not know how offsets were found.
 */
import { hostOf } from '../../upg/identity.ts';
import { offsetAt, type PairClock } from './pair-clock.ts';

export interface HostPair {
  readonly a: string;
  readonly b: string;
  readonly clock: PairClock;
}

export interface HostClock {
  readonly host: string;
  /** Towards the reference; undefined for the reference itself. */
  readonly parent: HostClock | undefined;
  readonly pair: HostPair | undefined;
  /** Of all pairs up to the reference, ns. */
  readonly error: number;
  readonly samples: number;
}

export class HostClocks {
  readonly #clocks: ReadonlyMap<string, HostClock>;

  constructor(pairs: readonly HostPair[]) {
    this.#clocks = clocksOf(pairs);
  }

  /** Whether all times are taken as they are. */
  get isTrivial(): boolean {
    return this.#clocks.size === 0;
  }

  /** The reference first. */
  get all(): readonly HostClock[] {
    return [...this.#clocks.values()];
  }

  /** ns by which the host's time may be wrong once it is the reference's. */
  errorOf(host: string | undefined): bigint {
    return host === undefined ? 0n : BigInt(Math.ceil(this.#clocks.get(host)?.error ?? 0));
  }

  /** What the host's clock is ahead of the reference's at `time` by its own. */
  offsetOf(host: string | undefined, time: bigint): bigint {
    let clock = host === undefined ? undefined : this.#clocks.get(host);
    let now = time;
    for (; clock?.pair !== undefined; clock = clock.parent) now -= aheadOfParent(clock, now);
    return time - now;
  }

  toReference(host: string | undefined, time: bigint): bigint {
    return isReal(time) ? time - this.offsetOf(host, time) : time;
  }

  /** Within a microsecond: drift changes what the offset is after the offset. */
  fromReference(host: string | undefined, time: bigint): bigint {
    return isReal(time) ? time + this.offsetOf(host, time + this.offsetOf(host, time)) : time;
  }

  /** Of what a vertex's own host stamped. */
  timeOf(id: string, time: bigint): bigint {
    return this.isTrivial ? time : this.toReference(hostOf(id), time);
  }
}

export const noClocks = new HostClocks([]);

/** Not a mark for the beginning or the end of all time. */
function isReal(time: bigint): boolean {
  return time > 0n && time < 1n << 62n;
}

function aheadOfParent({ host, pair }: HostClock, time: bigint): bigint {
  const { clock, a } = pair!;
  const { offset } = offsetAt(clock, time);
  // The pair is known by a's time.
  if (host === a) return BigInt(Math.round(-offset));
  return BigInt(Math.round(offsetAt(clock, time - BigInt(Math.round(offset))).offset));
}

/** A tree of the surest pairs (Dijkstra by error), from the host with most connections. */
function clocksOf(pairs: readonly HostPair[]): Map<string, HostClock> {
  const known = new Map<string, HostClock>();
  const hosts = new Map<string, number>();
  for (const { a, b, clock } of pairs) {
    for (const host of [a, b]) hosts.set(host, (hosts.get(host) ?? 0) + clock.samples);
  }
  const [reference] = [...hosts].sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1));
  if (reference === undefined) return known;
  const root = { host: reference[0], parent: undefined, pair: undefined, error: 0, samples: reference[1] };
  known.set(root.host, root);
  for (;;) {
    const reachable = pairs.flatMap((pair) => {
      const parent = known.get(pair.a) ?? known.get(pair.b);
      const host = known.has(pair.a) ? pair.b : pair.a;
      if (parent === undefined || known.has(host)) return [];
      return [{ host, parent, pair, error: parent.error + errorOf(pair.clock), samples: pair.clock.samples }];
    });
    const [next] = reachable.sort((x, y) => x.error - y.error || (x.host < y.host ? -1 : 1));
    if (next === undefined) return known;
    known.set(next.host, next);
  }
}

function errorOf({ knots }: PairClock): number {
  return Math.max(...knots.map(({ error }) => error));
}
