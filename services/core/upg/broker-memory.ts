/**
 * What a message broker took in, and which of it goes out: records have no contents, so that this is judged by time and
 * size. A message is framed the same way each time, so that of all differences between the size of something that came
 * in and of something that goes out later, the true one recurs, and others don't: differences are counted for each
 * broker, and what differs by the most frequent one is taken for the message. Among equals, one that waits for an answer
 * gets the oldest that came since it asked, one that is subscribed the newest or all of them together, and one that is
 * answered at once the oldest that is there; each once. State of a broker is bounded.
 *
 * It must not know edges, units or descriptors.
 */
import { StateTable } from '../state-table.ts';

/** Of edges into what a broker holds, out of it, and from who sent a message to who passed it on. */
export const messageOperation = 'message';

export interface Message {
  /** Who read it, or writes it. */
  readonly actor: string;
  readonly connection: string;
  readonly bytes: number;
  /** ns */
  readonly time: bigint;
}

interface Incoming {
  readonly actor: string;
  readonly connection: string;
  bytes: number;
  time: bigint;
  /** Connections that it was taken to have gone out on. */
  readonly given: string[];
}

interface Memory {
  /** The newest, in order. */
  readonly incoming: Incoming[];
  /** The call before, and what it and those that it went on from had. */
  last: { isOut: boolean; connection: string; bytes: number } | undefined;
  /** Connection → when it was last read from, and written to; ns. */
  readonly clients: Record<string, { asked: bigint; wrote: bigint }>;
  /** Incoming minus outgoing bytes → how often that was met. */
  readonly differences: Record<string, number>;
}

/** What may be in what goes out. */
export interface Given {
  /** Something came in on another connection. */
  readonly any: boolean;
  /** Those that fit by size and time, each by who read it; none where nothing does. */
  readonly fitting: readonly { readonly actor: string; readonly bytes: number }[];
}

const incoming_max = 64;
const clients_max = 1_024;
/** A message that is longer by more than its frame is another one. */
const frame_bytes_max = 64;
/** Acknowledgements and the like are shorter than the frame of a message. */
const message_bytes_min = 16;
/** Messages that go out in one write. */
const together_max = 8;
const met_max = 256;

export class BrokerMemory {
  readonly #memories: StateTable<Memory>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#memories = new StateTable('broker', saved);
  }

  /** `message` was read. */
  tookIn(broker: string, { actor, connection, bytes, time }: Message): void {
    const memory = this.#memory(broker);
    const { incoming, last } = memory;
    const before = incoming.at(-1);
    const goesOn = last?.isOut === false && last.connection === connection && before?.actor === actor;
    if (goesOn) {
      before.bytes += bytes;
      before.time = time;
    } else incoming.push({ actor, connection, bytes, time, given: [] });
    if (incoming.length > incoming_max) incoming.shift();
    memory.last = { isOut: false, connection, bytes };
    const client = { asked: time, wrote: memory.clients[connection]?.wrote ?? 0n };
    delete memory.clients[connection];
    memory.clients[connection] = client;
    const connections = Object.keys(memory.clients);
    if (connections.length > clients_max) delete memory.clients[connections[0]!];
  }

  /** `message` is written. */
  gaveOut(broker: string, { actor, connection, bytes, time }: Message): Given {
    const memory = this.#memory(broker);
    const { last } = memory;
    const goesOn = last?.isOut === true && last.connection === connection;
    const sum = bytes + (goesOn ? last.bytes : 0);
    memory.last = { isOut: true, connection, bytes: sum };
    const others = memory.incoming.filter((each) => each.actor !== actor);
    const senders = others.filter(
      (each) => each.connection !== connection && each.bytes >= message_bytes_min,
    );
    const chosen = sum < message_bytes_min ? [] : this.#chosen(memory, senders, connection, sum);
    const client = memory.clients[connection];
    if (client !== undefined) client.wrote = time;
    for (const { given } of chosen) {
      if (given.includes(connection)) continue;
      given.push(connection);
      if (given.length > together_max) given.shift();
    }
    return {
      any: others.length > 0,
      fitting: chosen.map((each) => ({ actor: each.actor, bytes: each.bytes })),
    };
  }

  drop(broker: string): void {
    this.#memories.delete(broker);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#memories.drainInto(into);
  }

  #memory(broker: string): Memory {
    const known = this.#memories.get(broker);
    if (known === undefined)
      return this.#memories.set(broker, { incoming: [], last: undefined, clients: {}, differences: {} });
    this.#memories.touch(broker);
    return known;
  }

  #chosen(memory: Memory, senders: readonly Incoming[], connection: string, bytes: number): Incoming[] {
    const alike = senders.filter((each) => Math.abs(each.bytes - bytes) <= frame_bytes_max);
    count(memory.differences, new Set(alike.map((each) => each.bytes - bytes)));
    const { asked, wrote } = memory.clients[connection] ?? { asked: 0n, wrote: 0n };
    const isWaiting = asked > wrote;
    const since = senders.filter(({ time, given }) => time > asked && !given.includes(connection));
    const fresh = since.filter(({ time }) => time > wrote).slice(-together_max);
    const together = isWaiting ? [] : fittingTogether(memory, since.slice(-together_max), alike, bytes);
    if (together.length > 0) return together;
    const waited = likeliest(
      memory,
      alike.filter((each) => since.includes(each)),
      bytes,
    );
    if (waited.length > 0) return [isWaiting ? waited[0]! : waited.at(-1)!];
    if (alike.length === 0) return fresh.filter((each) => each.bytes <= bytes + frame_bytes_max);
    const kept = alike.filter(({ given }) => given.length === 0);
    return kept.length > 0 ? [likeliest(memory, kept, bytes)[0]!] : [likeliest(memory, alike, bytes).at(-1)!];
  }
}

/** Those that came one after the other and fit in one write better than one of `alike` does; none where none do. */
function fittingTogether(
  { differences }: Memory,
  since: readonly Incoming[],
  alike: readonly Incoming[],
  bytes: number,
): Incoming[] {
  const [usual] = Object.entries(differences).reduce(
    (most, each) => (each[1] > most[1] ? each : most),
    ['0', 0],
  );
  const frame = Number(usual);
  let nearest = Math.min(frame_bytes_max, ...alike.map((each) => Math.abs(each.bytes - frame - bytes)));
  let fitting: Incoming[] = [];
  for (const from of since.keys()) {
    let sum = since[from]!.bytes - frame;
    for (let until = from + 1; until < since.length; until++) {
      sum += since[until]!.bytes - frame;
      if (Math.abs(sum - bytes) >= nearest) continue;
      nearest = Math.abs(sum - bytes);
      fitting = since.slice(from, until + 1);
    }
  }
  return fitting;
}

/** Those whose difference was met most often, in order. */
function likeliest({ differences }: Memory, among: readonly Incoming[], bytes: number): Incoming[] {
  const met = (each: Incoming): number => differences[each.bytes - bytes] ?? 0;
  const most = Math.max(...among.map(met));
  return among.filter((each) => met(each) === most);
}

/** Once for each; where one was met very often all are halved, so that another way of framing comes up. */
function count(differences: Record<string, number>, met: ReadonlySet<number>): void {
  let isFull = false;
  for (const difference of met) {
    const times = (differences[difference] ?? 0) + 1;
    differences[difference] = times;
    isFull ||= times > met_max;
  }
  if (isFull) for (const key in differences) differences[key] = Math.floor(differences[key]! / 2);
}
