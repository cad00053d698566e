/**
 * Which vertex stands for the datagrams of one socket to another, one for each way: whoever saw them leave or arrive
 * means the same. A socket that is bound to every address does not know its own, so that mostly each side names the
 * other's end and its own port alone. It must not know processes, descriptors or edges.
 *
 * Ends that both sides name decide; an address may be translated in between, but not both. Where nothing but the two ports
 * can be held against each other, the sides are one if they come within a second and no other fits; within a quarter of
 * one, where the addresses at one end differ.
 */
import { StateTable } from '../state-table.ts';
import { isLoopback } from './socket-pairing.ts';

export type DatagramSide = 'sent' | 'received';

/** What one side knows. */
export interface SeenDatagram {
  /** Host and network namespace. */
  readonly where: string;
  readonly time: bigint;
  readonly fromPort: number;
  readonly toPort: number;
  readonly from: PossibleAddress;
  readonly to: PossibleAddress;
}

/** The one; or some that its container has, though it may be in another network; undefined where nothing is known. */
export type PossibleAddress = string | readonly string[] | undefined;

export interface KnownDatagrams {
  readonly id: string;
  /** Seen to leave and to arrive. */
  readonly isWhole: boolean;
  /** The other way there had been some before. */
  readonly isAnswer: boolean;
  /** Undefined where neither side says it. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

interface Flow {
  readonly id: string;
  readonly isAnswer: boolean;
  sent?: SeenDatagram;
  received?: SeenDatagram;
}

interface Flows {
  flows: Flow[];
  order: number;
}

/** Pairs of ports that are remembered; beyond it those that were used first are forgotten. */
const ports_max = 100_000;
const flowsOfPorts_max = 64;
/** Unused for so long, a port may be another socket's. */
const idle_ns_max = 60_000_000_000n;
/** Between the sides of one datagram, where their hosts' clocks differ as well. */
const wait_ns_max = 10_000_000_000n;
/** The same where ports alone say so. */
const portsAlone_ns_max = 1_000_000_000n;
/** And they name different senders, or receivers: one of them is translated on the way. */
const translated_ns_max = 250_000_000n;

export class DatagramIdentity {
  readonly #flows: StateTable<Flows>;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#flows = new StateTable('datagrams', saved);
    this.#orders = new StateTable('datagrams-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  /** `made` is the id of those that nobody saw before. */
  seen(side: DatagramSide, datagram: SeenDatagram, made: string): KnownDatagrams {
    const key = `${datagram.fromPort}>${datagram.toPort}`;
    const known = this.#flows.get(key) ?? this.#flows.set(key, { flows: [], order: this.#order++ });
    const flow = ownFlow(known.flows, side, datagram) ?? otherFlow(known.flows, side, datagram);
    const its: Flow = flow ?? { id: made, isAnswer: this.#isAnswer(side, datagram) };
    if (flow === undefined) known.flows = [...known.flows, its].slice(-flowsOfPorts_max);
    its[side] = datagram;
    this.#flows.touch(key);
    if (this.#flows.size > ports_max * 1.1) this.#forget();
    const { sent, received } = its;
    return {
      id: its.id,
      isAnswer: its.isAnswer,
      isWhole: sent !== undefined && received !== undefined,
      from: only(received?.from) ?? only(sent?.from),
      to: only(sent?.to) ?? only(received?.to),
    };
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#orders.set('', this.#order);
    this.#orders.drainInto(into);
    this.#flows.drainInto(into);
  }

  /** What is asked again after an answer is none. */
  #isAnswer(side: DatagramSide, { where, time, fromPort, toPort, from, to }: SeenDatagram): boolean {
    const back = this.#flows.get(`${toPort}>${fromPort}`)?.flows ?? [];
    return back.some(({ isAnswer, sent, received }) => {
      const asked = side === 'sent' ? received : sent;
      if (isAnswer || asked?.where !== where || time - asked.time > idle_ns_max) return false;
      return (side === 'sent' ? agree(asked.from, to) : agree(asked.to, from)) !== false;
    });
  }

  #forget(): void {
    const oldest = this.#order - ports_max;
    for (const [key, { order }] of [...this.#flows.entries()]) if (order < oldest) this.#flows.delete(key);
  }
}

/** That this side was seen of before. */
function ownFlow(flows: readonly Flow[], side: DatagramSide, datagram: SeenDatagram): Flow | undefined {
  return flows.findLast(({ [side]: seen }) => {
    if (seen === undefined || seen.where !== datagram.where || apart(seen, datagram) > idle_ns_max)
      return false;
    return agree(seen.from, datagram.from) !== false && agree(seen.to, datagram.to) !== false;
  });
}

/** That the other side alone was seen of. */
function otherFlow(flows: readonly Flow[], side: DatagramSide, datagram: SeenDatagram): Flow | undefined {
  const other = side === 'sent' ? 'received' : 'sent';
  const open = flows.filter(({ [side]: own, [other]: far }) => {
    if (own !== undefined || far === undefined || apart(far, datagram) > wait_ns_max) return false;
    const ends = [far.from, far.to, datagram.from, datagram.to];
    const isLocal = ends.some((end) => typeof end === 'string' && isLoopback(end));
    return !isLocal || far.where === datagram.where;
  });
  const agreements = open.map(({ [other]: far }) => [
    agree(far!.from, datagram.from),
    agree(far!.to, datagram.to),
  ]);
  const named = open.filter((_, i) => agreements[i]!.includes(true));
  if (named.length > 0) return named.findLast((_, i) => !agreements[i]!.includes(false)) ?? named.at(-1);
  const byPorts = open.filter(({ [other]: far }, i) => {
    const isTranslated = agreements[i]!.includes(false);
    if (isTranslated && (agreements[i]!.every((is) => is === false) || far!.where === datagram.where))
      return false;
    return apart(far!, datagram) <= (isTranslated ? translated_ns_max : portsAlone_ns_max);
  });
  return byPorts.length === 1 ? byPorts[0] : undefined;
}

/** Whether both mean the same address; undefined where that is not known. */
function agree(a: PossibleAddress, b: PossibleAddress): boolean | undefined {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  const [some, one] = typeof a === 'string' ? [b, a] : [a, b];
  return typeof one === 'string' && some?.includes(one) ? true : undefined;
}

function apart(a: SeenDatagram, b: SeenDatagram): bigint {
  return a.time > b.time ? a.time - b.time : b.time - a.time;
}

function only(address: PossibleAddress): string | undefined {
  return typeof address === 'string' ? address : undefined;
}
