/**
 * A log program with all its blocks in one row and its lists as numbered sets: what every pass over it works on.
 * It must not know what the passes look for.
 */
import { type Adjacency, PairList, SetTable } from './adjacency.ts';
import { ANY_OUTCOME, type LogBlock, type LogProgram, OUTCOMES_MAX } from './log-program.ts';

export const EventKind = { log: 0, call: 1, syscall: 2 } as const;

export interface ProgramTable {
  readonly siteCount: number;
  readonly functionCount: number;
  readonly blockCount: number;
  /** First block, which is the entry, by function; one more at the end. */
  readonly blockFirst: Uint32Array;
  readonly functionOf: Uint32Array;
  readonly successors: Adjacency;
  readonly predecessors: Adjacency;
  /** By block: where control goes on depends on the outcome of the call that is its last event. */
  readonly routes: Uint8Array;
  /** By place in `successors.next`: outcomes with which control goes there, as bits. */
  readonly accepts: Uint32Array;
  /** By block. */
  readonly returns: Uint8Array;
  /** By block: the outcome that it has for the caller where it returns. */
  readonly gives: Uint8Array;
  /** First event by block; one more at the end. */
  readonly eventFirst: Uint32Array;
  readonly eventKind: Uint8Array;
  /** Number of a site set, a target set or a syscall, by the event's kind. */
  readonly eventValue: Uint32Array;
  readonly siteSets: Adjacency;
  readonly targetSets: Adjacency;
  /** Target sets by the function in them. */
  readonly setsOf: Adjacency;
  readonly targetSetCount: number;
  /** Blocks by the target set that they call. */
  readonly callersOf: Adjacency;
  readonly syscalls: readonly string[];
}

/** A function without a block is one that only returns. */
const emptyBody: readonly LogBlock[] = [{ events: [], successors: [], returns: true }];

/**
 * `siteIds` gives each site the number that it has in the table. Throws a RangeError where an index of the program
 * leads nowhere: a front end's defect.
 */
export function programTable(program: LogProgram, siteIds: Uint32Array): ProgramTable {
  const bodies = program.functions.map(({ blocks }) => (blocks.length === 0 ? emptyBody : blocks));
  const blockFirst = new Uint32Array(bodies.length + 1);
  for (let f = 0; f < bodies.length; f++) blockFirst[f + 1] = blockFirst[f]! + bodies[f]!.length;
  const blockCount = blockFirst[bodies.length]!;
  const functionOf = new Uint32Array(blockCount);
  const returns = new Uint8Array(blockCount);
  const gives = new Uint8Array(blockCount);
  const routes = new Uint8Array(blockCount);
  const accepts: number[] = [];
  const edges = new PairList();
  const events = new EventRow(program, siteIds, blockCount);
  for (let f = 0; f < bodies.length; f++) {
    const blocks = bodies[f]!;
    const base = blockFirst[f]!;
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index]!;
      functionOf[base + index] = f;
      returns[base + index] = block.returns ? 1 : 0;
      gives[base + index] = within(block.gives ?? ANY_OUTCOME, OUTCOMES_MAX);
      routes[base + index] = block.after === undefined ? 0 : 1;
      for (const next of block.successors) edges.push(base + index, base + within(next, blocks.length));
      if (block.after === undefined) for (const _ of block.successors) accepts.push(~0);
      else accepts.push(...acceptedBy(block, block.after));
      events.add(base + index, block);
    }
  }
  return {
    siteCount: program.sites.length,
    functionCount: bodies.length,
    blockCount,
    blockFirst,
    functionOf,
    returns,
    gives,
    routes,
    accepts: Uint32Array.from(accepts),
    successors: edges.adjacency(blockCount),
    predecessors: edges.reversed(blockCount),
    ...events.table(bodies.length),
  };
}

/** Outcomes that lead to each successor of a block, as bits. */
function acceptedBy({ successors, events }: LogBlock, after: readonly number[]): number[] {
  if (after.length !== successors.length || events.at(-1)?.kind !== 'call')
    throw new RangeError('a log program has outcomes of no call, or not for each successor');
  const told = after.reduce(
    (bits, o) => (o === ANY_OUTCOME ? bits : bits | (1 << within(o, OUTCOMES_MAX))),
    0,
  );
  return after.map((outcome) => (outcome === ANY_OUTCOME ? ~told : 1 << outcome));
}

class EventRow {
  readonly #program: LogProgram;
  readonly #siteIds: Uint32Array;
  readonly #first: Uint32Array;
  readonly #kind: number[] = [];
  readonly #value: number[] = [];
  readonly #sites = new SetTable();
  readonly #targets = new SetTable();
  readonly #syscalls = new Map<string, number>();
  readonly #calls = new PairList();

  constructor(program: LogProgram, siteIds: Uint32Array, blockCount: number) {
    this.#program = program;
    this.#siteIds = siteIds;
    this.#first = new Uint32Array(blockCount + 1);
  }

  add(block: number, { events }: LogBlock): void {
    const { sites, functions } = this.#program;
    for (const event of events) {
      if (event.kind === 'syscall') {
        this.#push(EventKind.syscall, numbered(this.#syscalls, event.name));
      } else if (event.kind === 'log') {
        const ids = event.sites.map((site) => this.#siteIds[within(site, sites.length)]!);
        // One of nothing is nothing.
        if (ids.length > 0) this.#push(EventKind.log, this.#sites.add(ids));
      } else if (event.targets.length > 0) {
        for (const target of event.targets) within(target, functions.length);
        const set = this.#targets.add(event.targets);
        this.#push(EventKind.call, set);
        this.#calls.push(block, set);
      }
    }
    this.#first[block + 1] = this.#kind.length;
  }

  table(functionCount: number) {
    return {
      eventFirst: this.#first,
      eventKind: Uint8Array.from(this.#kind),
      eventValue: Uint32Array.from(this.#value),
      siteSets: this.#sites.adjacency(),
      targetSets: this.#targets.adjacency(),
      setsOf: this.#targets.reversed(functionCount),
      targetSetCount: this.#targets.length,
      callersOf: this.#calls.reversed(this.#targets.length),
      syscalls: [...this.#syscalls.keys()],
    };
  }

  #push(kind: number, value: number): void {
    this.#kind.push(kind);
    this.#value.push(value);
  }
}

function within(index: number, length: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(`a log program has index ${index} where there are ${length}`);
  }
  return index;
}

function numbered(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, names.size);
  return names.size - 1;
}
