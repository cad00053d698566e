/**
 * The points of a program between its log lines, as a graph in which a path from a log line to the next one is a
 * path that control can take: calls return to where they came from.
 *
 * Every function stands twice. In the *first* copy no line was printed since the function was entered: it leads to
 * first lines only, and its return leads nowhere, since a call that can return without a line is passed by an edge
 * of the caller. In the *last* copy a line was printed in this very activation, or in one that returned into it: its
 * return leads to what follows any call of the function. A path climbs through last copies, then descends through
 * first ones; both are free of context, so the graph is as large as the program.
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
  readonly #exitBase: number;
  readonly #downBase: number;
  readonly #upBase: number;
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
    this.#exitBase = point + this.#pointCount;
    this.#downBase = this.#exitBase + table.functionCount;
    this.#upBase = this.#downBase + table.targetSetCount;
  }

  build(): PointGraph {
    const { blockCount, targetSetCount, siteCount } = this.#table;
    for (let block = 0; block < blockCount; block++) if (this.#isPrinting(block)) this.#addBlock(block);
    for (let set = 0; set < targetSetCount; set++) if (this.#printingSets[set] === 1) this.#addSet(set);
    const nodeCount = this.#upBase + targetSetCount;
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
    const { eventFirst, eventKind, eventValue, functionOf, returns, successors } = this.#table;
    let point = this.#pointFirst[block]!;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++) {
      if (!this.#divides(event)) continue;
      if (eventKind[event] === EventKind.log) this.#addLine(point, eventValue[event]!);
      else this.#addCall(point, eventValue[event]!);
      point++;
    }
    for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++)
      this.#both(point, this.#pointFirst[successors.next[at]!]!);
    if (returns[block] === 1) this.#pairs.push(this.#last(point), this.#exitBase + functionOf[block]!);
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
    if (this.#summaries.silent.setPasses[set] === 1) this.#both(point, point + 1);
  }

  #addSet(set: number): void {
    const { targetSets, blockFirst } = this.#table;
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++) {
      const target = targetSets.next[at]!;
      if (this.#summaries.printing[target] === 0) continue;
      this.#pairs.push(this.#downBase + set, this.#pointFirst[blockFirst[target]!]!);
      this.#pairs.push(this.#exitBase + target, this.#upBase + set);
    }
  }

  #both(from: number, to: number): void {
    this.#pairs.push(from, to);
    this.#pairs.push(this.#last(from), this.#last(to));
  }

  #last(point: number): number {
    return point + this.#pointCount;
  }
}
