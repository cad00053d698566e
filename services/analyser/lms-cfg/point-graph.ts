/**
 * The points of a program between its log lines, as a graph in which a path from a log line to the next one is a
 * path that control can take: calls return to where they came from.
 *
 * Every function stands twice. In the *first* copy no line was printed since the function was entered: it leads to
 * first lines only, and its return leads nowhere, since a call that can return without a line is passed by an edge
 * of the caller. In the *last* copy a line was printed in this very activation, or in one that returned into it: its
 * return leads to what follows any call of the function, where that goes on with the return's outcome. A path climbs
 * through last copies, then descends through first ones; both are free of context, so the graph is as large as the
 * program.
 *
 * It must not know how the graph is made smaller.
 */
import { type Adjacency, PairList } from './adjacency.ts';
import { type PassSummary, setsWith } from './pass-summary.ts';
import { EventKind, type ProgramTable } from './program-table.ts';

/** Nodes: each site where it is left, each site where it is reached, then the points between. */
export interface PointGraph {
  readonly siteCount: number;
  readonly nodeCount: number;
  readonly next: Adjacency;
  readonly previous: Adjacency;
}

export interface PointSummaries {
  /** Functions that can print. */
  readonly printing: Uint8Array;
  /** Passing without a line; passing at all. */
  readonly silent: PassSummary;
  readonly returning: PassSummary;
}

export function pointGraph(table: ProgramTable, summaries: PointSummaries): PointGraph {
  const builder = new PointGraphBuilder(table, summaries);
  return builder.build();
}

class PointGraphBuilder {
  readonly #table: ProgramTable;
  readonly #summaries: PointSummaries;
  readonly #printingSets: Uint8Array;
  /** First point by block, in the first copy. */
  readonly #pointFirst: Uint32Array;
  readonly #pointCount: number;
  readonly #downBase: number;
  /** What follows a call of a set with any outcome. */
  readonly #upBase: number;
  /** The returns of a function, and what follows a call of a set, one for each outcome. */
  readonly #exits: OutcomePoints;
  readonly #ups: OutcomePoints;
  readonly #pairs = new PairList();

  constructor(table: ProgramTable, summaries: PointSummaries) {
    this.#table = table;
    this.#summaries = summaries;
    this.#printingSets = setsWith(table, summaries.printing);
    this.#pointFirst = new Uint32Array(table.blockCount + 1);
    let point = 2 * table.siteCount;
    for (let block = 0; block < table.blockCount; block++) {
      this.#pointFirst[block] = point;
      if (this.#isPrinting(block)) point += 1 + this.#countEvents(block);
    }
    this.#pointFirst[table.blockCount] = point;
    this.#pointCount = point - 2 * table.siteCount;
    this.#downBase = point + this.#pointCount;
    this.#upBase = this.#downBase + table.targetSetCount;
    this.#exits = new OutcomePoints(this.#upBase + table.targetSetCount, outcomesOfFunctions(table));
    this.#ups = new OutcomePoints(this.#exits.end, outcomesOfSets(table, this.#exits.outcomes));
  }

  build(): PointGraph {
    const { blockCount, targetSetCount, siteCount } = this.#table;
    for (let block = 0; block < blockCount; block++) if (this.#isPrinting(block)) this.#addBlock(block);
    for (let set = 0; set < targetSetCount; set++) if (this.#printingSets[set] === 1) this.#addSet(set);
    const nodeCount = this.#ups.end;
    return {
      siteCount,
      nodeCount,
      next: this.#pairs.adjacency(nodeCount),
      previous: this.#pairs.reversed(nodeCount),
    };
  }

  #isPrinting(block: number): boolean {
    return this.#summaries.printing[this.#table.functionOf[block]!] === 1;
  }

  /** Whether an event divides its block: what only passes does not. */
  #divides(event: number): boolean {
    const kind = this.#table.eventKind[event]!;
    if (kind !== EventKind.call) return kind === EventKind.log;
    const set = this.#table.eventValue[event]!;
    return this.#printingSets[set] === 1 || this.#summaries.returning.setPasses[set] === 0;
  }

  #countEvents(block: number): number {
    const { eventFirst } = this.#table;
    let count = 0;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++)
      if (this.#divides(event)) count++;
    return count;
  }

  #addBlock(block: number): void {
    const { eventFirst, eventKind, eventValue, functionOf, returns, gives, routes, successors } = this.#table;
    let point = this.#pointFirst[block]!;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++) {
      if (!this.#divides(event)) continue;
      if (eventKind[event] === EventKind.log) this.#addLine(point, eventValue[event]!);
      else this.#addCall(point, eventValue[event]!);
      point++;
    }
    if (routes[block] === 1) this.#route(block, point);
    else {
      for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++)
        this.#both(point, this.#pointFirst[successors.next[at]!]!);
    }
    if (returns[block] === 1)
      this.#pairs.push(this.#last(point), this.#exits.of(functionOf[block]!, gives[block]!));
  }

  /** On from the call that is the block's last event, by its outcome; `end` is the point behind it. */
  #route(block: number, end: number): void {
    const { eventFirst, eventValue, accepts, successors } = this.#table;
    const last = eventFirst[block + 1]! - 1;
    const set = eventValue[last]!;
    const silent = this.#summaries.silent.setPasses[set]!;
    const before = this.#divides(last) ? end - 1 : end;
    for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++) {
      const next = this.#pointFirst[successors.next[at]!]!;
      if ((silent & accepts[at]!) !== 0) this.#both(before, next);
      if (this.#printingSets[set] === 0) continue;
      for (const up of this.#ups.all(set, accepts[at]!)) this.#pairs.push(up, this.#last(next));
    }
  }

  #addLine(point: number, set: number): void {
    const { siteSets, siteCount } = this.#table;
    for (let at = siteSets.first[set]!; at < siteSets.first[set + 1]!; at++) {
      const site = siteSets.next[at]!;
      this.#pairs.push(point, siteCount + site);
      this.#pairs.push(this.#last(point), siteCount + site);
      this.#pairs.push(site, this.#last(point + 1));
    }
  }

  #addCall(point: number, set: number): void {
    if (this.#printingSets[set] === 1) {
      this.#pairs.push(point, this.#downBase + set);
      this.#pairs.push(this.#last(point), this.#downBase + set);
      this.#pairs.push(this.#upBase + set, this.#last(point + 1));
    }
    if (this.#summaries.silent.setPasses[set] !== 0) this.#both(point, point + 1);
  }

  #addSet(set: number): void {
    const { targetSets, blockFirst } = this.#table;
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++) {
      const target = targetSets.next[at]!;
      if (this.#summaries.printing[target] === 0) continue;
      this.#pairs.push(this.#downBase + set, this.#pointFirst[blockFirst[target]!]!);
      const ups = this.#ups.all(set, this.#exits.outcomes[target]!);
      for (const [i, exit] of this.#exits.all(target, ~0).entries()) this.#pairs.push(exit, ups[i]!);
    }
    for (const up of this.#ups.all(set, ~0)) this.#pairs.push(up, this.#upBase + set);
  }

  #both(from: number, to: number): void {
    this.#pairs.push(from, to);
    this.#pairs.push(this.#last(from), this.#last(to));
  }

  #last(point: number): number {
    return point + this.#pointCount;
  }
}

/** Points of things that have outcomes, one for each outcome of each. */
class OutcomePoints {
  /** By thing, as bits. */
  readonly outcomes: Uint32Array;
  readonly #first: Uint32Array;

  constructor(base: number, outcomes: Uint32Array) {
    this.outcomes = outcomes;
    this.#first = new Uint32Array(outcomes.length + 1);
    this.#first[0] = base;
    for (const [thing, bits] of outcomes.entries())
      this.#first[thing + 1] = this.#first[thing]! + bitsIn(bits);
  }

  get end(): number {
    return this.#first.at(-1)!;
  }

  of(thing: number, outcome: number): number {
    return this.#first[thing]! + bitsIn(this.outcomes[thing]! & ((1 << outcome) - 1));
  }

  /** Those of the outcomes among `wanted`, ascending. */
  all(thing: number, wanted: number): number[] {
    const points: number[] = [];
    for (let bits = this.outcomes[thing]! & wanted; bits !== 0; bits &= bits - 1)
      points.push(this.of(thing, 31 - Math.clz32(bits & -bits)));
    return points;
  }
}

function outcomesOfFunctions(table: ProgramTable): Uint32Array {
  const outcomes = new Uint32Array(table.functionCount);
  for (let block = 0; block < table.blockCount; block++)
    if (table.returns[block] === 1) outcomes[table.functionOf[block]!]! |= 1 << table.gives[block]!;
  return outcomes;
}

function outcomesOfSets({ targetSets, targetSetCount }: ProgramTable, ofFunctions: Uint32Array): Uint32Array {
  const outcomes = new Uint32Array(targetSetCount);
  for (let set = 0; set < targetSetCount; set++)
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++)
      outcomes[set]! |= ofFunctions[targetSets.next[at]!]!;
  return outcomes;
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
