/**
 * What a trace can look at next, the cheapest first. It must not know the store, nor how costs are made.
 */
import { Heap } from './heap.ts';
import type { Place } from './met-vertices.ts';

/** A way to a vertex, or the rest of a vertex's edges. */
export interface Label {
  readonly place: Place;
  /** At least, by what is known of the vertex. */
  readonly cost: number;
  /** By which information at the vertex counts, ns. */
  readonly time: bigint;
  readonly steps: number;
  /** The edge that the way came by; undefined at its start. */
  readonly via: { readonly near: Place; readonly nearCost: number; readonly op: string } | undefined;
  /** Set where the vertex was reached this way, and more of its edges are to be read. */
  readonly rest: Reading | undefined;
}

/** Edges of one vertex to be read. */
export interface Reading {
  readonly label: Label;
  /** As the trace's times are. */
  readonly since: bigint;
  readonly until: bigint;
  readonly edges_max: number;
}

export class Frontier {
  readonly #isMore: (time: bigint, known: bigint) => boolean;
  readonly #heap: Heap<Label>;
  /** By place, what was last put in: a dearer label that counts by no better time would be looked at to no avail. */
  readonly #waiting: (Label | undefined)[] = [];

  readonly #countsSteps: boolean;

  /** `isMore`: whether one time is better to have than another. `countsSteps`: whether fewer steps are better, too. */
  constructor(isMore: (time: bigint, known: bigint) => boolean, countsSteps: boolean) {
    this.#isMore = isMore;
    this.#countsSteps = countsSteps;
    this.#heap = new Heap((a, b) => this.compare(a, b));
  }

  get next(): Label | undefined {
    return this.#heap.top;
  }

  /** A label that comes again, or one of which nothing better waits. */
  put(label: Label): void {
    this.#heap.push(label);
  }

  propose(label: Label): void {
    const { place, cost, time, steps } = label;
    if (!this.wants(place, cost, time, steps)) return;
    this.#waiting[place] = label;
    this.#heap.push(label);
  }

  /** Whether a label that was proposed would be put in. Most would not, and are not worth being made. */
  wants(place: Place, cost: number, time: bigint, steps: number): boolean {
    const rival = this.#waiting[place];
    if (rival === undefined || rival.cost > cost || this.#isMore(time, rival.time)) return true;
    return this.#countsSteps && rival.steps > steps;
  }

  /**
   * The next labels that cost less than `cost`, at most `count_max`, and those that tie with the last of them, so that
   * it does not matter in which order they were put in.
   */
  take(cost: number, count_max: number): Label[] {
    const taken: Label[] = [];
    for (let label = this.next; label !== undefined && label.cost < cost; label = this.next) {
      if (taken.length >= count_max && this.compare(taken.at(-1)!, label) !== 0) break;
      taken.push(label);
      this.#heap.pop();
    }
    return taken;
  }

  /** Whether `label` comes before all that waits, or ties. */
  isFirst(label: Label): boolean {
    return this.next === undefined || this.compare(label, this.next) <= 0;
  }

  /** By cost, then by time. */
  compare(a: Label, b: Label): number {
    if (a.cost !== b.cost) return a.cost < b.cost ? -1 : 1;
    return a.time === b.time ? 0 : this.#isMore(a.time, b.time) ? -1 : 1;
  }

  all(): Label[] {
    return this.#heap.all();
  }
}
