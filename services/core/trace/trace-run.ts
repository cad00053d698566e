/**
 * Time-respecting traversal over the store's port, the cheapest ways first (edge-cost.ts), in batched calls. Backward, an
 * edge [first, last] into v counts for a bound T iff first <= T, and its source is bounded by min(T, last). Forward is
 * the mirror. A label-setting search: a way counts only if it leaves a better bound than every cheaper one to its vertex,
 * so that a trace that no bound cut off has the bounds of the naive fixpoint. All labels that cost less than the
 * cheapest and an edge more are settled together, for none of them can come of another (Dial 1969, with batches).
 *
 * What was asked of a vertex is remembered, so that a hub is never read twice; of a vertex with many edges the rest is
 * read when nothing cheaper is left.
 *
 * Where hosts have clocks of their own, all times but those asked of the store are the reference's.
 *
 * It must not know symptoms or ranking.
 */
import type { GraphReader, Vertex, VertexNumber } from '../graph-store.ts';
import { EdgeClock, type ReferencedColumns } from './clock/edge-clock.ts';
import { type HostClocks, noClocks } from './clock/host-clocks.ts';
import { costBetween, edgeCost_min, leastCost } from './edge-cost.ts';
import { Frontier, type Label, type Reading } from './frontier.ts';
import { isCounted, MetVertices, type Place } from './met-vertices.ts';
import type { Degrees } from './trace-view.ts';
import { TracedRows } from './traced-rows.ts';
import {
  beginningOfTime,
  type Direction,
  endOfTime,
  type TraceBounds,
  type Traced,
  type TraceStart,
} from './traversal.ts';

/** Vertices that are looked at, or read, together. */
const batch_vertices_max = 256;
/** Edges of one vertex that are read at once, at its first, second, … visit. */
const visits_edges = [64, 512];
/** Where ways are bounded to fewer steps, a dearer way of fewer steps counts as well. */
const shortWays_steps = 16;

/** Rejects with what the store rejects with. */
export async function trace(
  reader: GraphReader,
  starts: readonly TraceStart[],
  direction: Direction,
  bounds: TraceBounds,
  clocks: HostClocks = noClocks,
): Promise<Traced> {
  const run = new TraceRun(reader, direction, bounds, clocks);
  await run.begin(starts);
  await run.reach(bounds.vertices_max);
  return await run.result();
}

export class TraceRun {
  readonly #reader: GraphReader;
  readonly #backward: boolean;
  readonly #bounds: TraceBounds;
  readonly #clock: EdgeClock;
  readonly #met: MetVertices;
  readonly #frontier: Frontier;
  readonly #rows: TracedRows;
  readonly #countsSteps: boolean;
  /** By place: the best time, the fewest steps of a way to it, and the time up to (from) which its edges were read. */
  readonly #reached: (bigint | undefined)[] = [];
  readonly #steps: number[] = [];
  readonly #read: (bigint | undefined)[] = [];
  /** Those that were reached, in order. */
  readonly #admitted: Place[] = [];
  readonly #hubs = new Set<Place>();
  /** At the end of the longest ways. */
  readonly #last = new Set<Place>();
  /** Starts that the store does not have. */
  readonly #unknown = new Map<string, bigint>();
  #readings: Reading[] = [];
  #vertices_max = Number.POSITIVE_INFINITY;
  #isFull = false;
  #isOver = false;

  constructor(reader: GraphReader, direction: Direction, bounds: TraceBounds, clocks: HostClocks) {
    this.#reader = reader;
    this.#clock = new EdgeClock(reader, clocks);
    this.#backward = direction === 'backward';
    this.#bounds = bounds;
    this.#countsSteps = bounds.depth_levels_max < shortWays_steps;
    this.#met = new MetVertices(reader);
    this.#frontier = new Frontier((a, b) => this.#isMore(a, b), this.#countsSteps);
    this.#rows = new TracedRows(this.#backward);
  }

  /** Whether there is more that a larger bound on vertices would reach. */
  get hasMore(): boolean {
    return !this.#isOver && (this.#readings.length > 0 || this.#frontier.next !== undefined);
  }

  async begin(starts: readonly TraceStart[]): Promise<void> {
    const numbers = await this.#reader.numbersOf(starts.map(({ vertex }) => vertex));
    for (const [at, { vertex, time }] of starts.entries()) {
      const number = numbers[at];
      if (number !== undefined) {
        const place = this.#placeOf(number);
        this.#frontier.propose({ place, cost: 0, time, steps: 0, via: undefined, rest: undefined });
      } else if (this.#isMore(time, this.#unknown.get(vertex))) this.#unknown.set(vertex, time);
    }
  }

  /** Goes on until so many vertices were reached. */
  async reach(vertices_max: number): Promise<void> {
    this.#vertices_max = vertices_max;
    this.#isFull = false;
    await this.#settle();
    while (this.hasMore && (this.#readings.length > 0 || !this.#isFull)) {
      if (this.#bounds.isOver?.()) this.#isOver = true;
      else await this.#step();
    }
  }

  async result(): Promise<Traced> {
    const places = this.#admitted;
    const id = (place: Place): string => this.#met.idAt(place);
    const { unread, depth } = await this.#unread();
    const hubs = [...this.#hubs].map(id).sort();
    const vertices = new Map<string, Vertex>();
    const degrees = new Map<string, Degrees>();
    for (const place of places) {
      const vertex = this.#met.recordAt(place);
      if (vertex !== undefined) vertices.set(vertex.id, vertex);
      if (isCounted(id(place))) degrees.set(id(place), this.#met.endAt(place).degrees);
    }
    const isCut = depth || this.#isOver || this.#isFull || hubs.length > 0;
    return {
      direction: this.#backward ? 'backward' : 'forward',
      reached: new Map([
        ...places.map((place) => [id(place), this.#reached[place]!] as const),
        ...this.#unknown,
      ]),
      unread: new Set([...unread].map(id)),
      edges: this.#rows.edges((place) => this.#reached[place] !== undefined, id),
      vertices,
      degrees,
      truncated: isCut ? { depth, vertices: this.#isFull, hubs, deadline: this.#isOver } : null,
    };
  }

  async #step(): Promise<void> {
    const readings = this.#readings;
    this.#readings = [];
    for (const [limit, some] of Map.groupBy(readings, ({ edges_max }) => edges_max))
      await this.#visit(some, limit);
    await this.#settle();
  }

  /** Reaches the vertices of the cheapest labels, and says what is to be read of them. */
  async #settle(): Promise<void> {
    const cheapest = this.#frontier.next;
    if (cheapest === undefined || this.#isFull) return;
    const below = cheapest.cost + edgeCost_min;
    const taken = this.#frontier.take(below, batch_vertices_max).filter((label) => this.#isWanted(label));
    await this.#met.name(taken.map(({ place }) => place));
    const named = this.#stillFirst(taken, below);
    await this.#met.count(named.map(({ place }) => place));
    const counted = this.#stillFirst(named, below);
    await this.#met.record(counted.flatMap(({ place, rest }) => (rest === undefined ? [place] : [])));
    const labels = this.#stillFirst(counted, below);
    const id = ({ place }: Label): string => this.#met.idAt(place);
    // What a bound keeps must not hang on the order in which a store answers.
    labels.sort((a, b) => this.#frontier.compare(a, b) || (id(a) < id(b) ? -1 : 1));
    for (const label of labels) {
      if (this.#isFull) this.#frontier.put(label);
      else if (label.rest !== undefined) this.#readings.push(label.rest);
      else if (this.#isWanted(label)) this.#admit(label);
    }
  }

  /** With what they cost by what is known now; those that come later for it wait again. */
  #stillFirst(labels: readonly Label[], below: number): Label[] {
    return labels
      .map((label) => this.#priced(label))
      .sort((a, b) => this.#frontier.compare(a, b))
      .filter((label) => {
        const isFirst = label.cost < below && this.#frontier.isFirst(label);
        if (!isFirst) this.#frontier.put(label);
        return isFirst;
      });
  }

  #admit(label: Label): void {
    const { place, time, steps } = label;
    const isFresh = this.#reached[place] === undefined;
    if (isFresh && this.#admitted.length >= this.#vertices_max) {
      this.#isFull = true;
      this.#frontier.put(label);
      return;
    }
    if (isFresh) this.#admitted.push(place);
    const isShorter = !isFresh && steps < this.#steps[place]!;
    if (this.#isMore(time, this.#reached[place])) this.#reached[place] = time;
    this.#steps[place] = isFresh ? steps : Math.min(steps, this.#steps[place]!);
    if (steps >= this.#bounds.depth_levels_max) {
      if (isFresh) this.#last.add(place);
      return;
    }
    this.#last.delete(place);
    const read = isShorter && this.#countsSteps ? undefined : this.#read[place];
    const edges_max = this.#visit_edges_max(0);
    this.#readings.push(
      this.#backward
        ? { label, since: read ?? beginningOfTime, until: time, edges_max }
        : { label, since: time, until: read ?? endOfTime, edges_max },
    );
    if (this.#isMore(time, this.#read[place])) this.#read[place] = time;
  }

  #isWanted({ place, time, steps, rest }: Label): boolean {
    if (rest !== undefined || this.#isMore(time, this.#reached[place])) return true;
    return this.#countsSteps && steps < this.#steps[place]!;
  }

  #priced(label: Label): Label {
    const { via, place, rest } = label;
    if (via === undefined || rest !== undefined) return label;
    const near = this.#met.endAt(via.near);
    const far = this.#met.endAt(place);
    const [from, to] = this.#backward ? [far, near] : [near, far];
    const cost = via.nearCost + costBetween(via.op, from, to);
    return cost === label.cost ? label : { ...label, cost };
  }

  async #visit(readings: Reading[], edges_max: number): Promise<void> {
    const number = ({ label }: Reading): number => this.#met.numberAt(label.place);
    readings.sort((a, b) => number(a) - number(b));
    await this.#clock.learn(readings.map(number));
    const queries = readings.map((reading) => {
      const { since, until } = reading;
      return this.#clock.query({ vertex: number(reading), since, until });
    });
    const scanned = this.#backward
      ? await this.#reader.scanInto(queries, edges_max)
      : await this.#reader.scanOutOf(queries, edges_max);
    for (const at of scanned.truncated) this.#leaveRest(readings[at]!);
    const times = readings.map(({ label }) => label.time);
    const found = await this.#clock.referenced(scanned, queries, times, this.#backward);
    this.#propose(found, readings);
  }

  #propose(found: ReferencedColumns, readings: readonly Reading[]): void {
    const { length, query, other } = found;
    const [ends, begins] = this.#backward ? [found.last, found.first] : [found.first, found.last];
    const far: Place[] = new Array(length);
    let via: Label['via'];
    for (let row = 0; row < length; row++) {
      const { label } = readings[query[row]!]!;
      const place = this.#placeOf(other[row]!);
      far[row] = place;
      const end = ends[row]!;
      // Within its slack an edge counts that seems to have begun too late; what led to it still comes before it.
      const isLate = found.slack !== undefined && this.#isMore(begins[row]!, label.time);
      const begun = isLate ? begins[row]! : label.time;
      const time = this.#isMore(begun, end) ? end : begun;
      const steps = label.steps + 1;
      if (!this.#isMore(time, this.#reached[place]) && !(this.#countsSteps && steps < this.#steps[place]!))
        continue;
      const op = found.ops[found.op[row]!]!;
      const cost = label.cost + leastCost(op, this.#met.endAt(label.place), !this.#backward);
      if (!this.#frontier.wants(place, cost, time, steps)) continue;
      // One for the edges of a vertex that are alike: they come one after the other.
      if (via?.near !== label.place || via.op !== op || via.nearCost !== label.cost)
        via = { near: label.place, nearCost: label.cost, op };
      this.#frontier.propose({ place, cost, time, steps, via, rest: undefined });
    }
    this.#rows.add(
      found,
      readings.map(({ label }) => label),
      far,
    );
  }

  #placeOf(number: VertexNumber): Place {
    const place = this.#met.placeOf(number);
    if (place === this.#reached.length) {
      this.#reached.push(undefined);
      this.#steps.push(0);
      this.#read.push(undefined);
    }
    return place;
  }

  /** Of a vertex with many edges. */
  #leaveRest(reading: Reading): void {
    const { label, edges_max } = reading;
    if (edges_max >= this.#bounds.edgesOfVertex_max) {
      this.#hubs.add(label.place);
      return;
    }
    const visit = visits_edges.indexOf(edges_max) + 1;
    const rest = { ...reading, edges_max: this.#visit_edges_max(visit) };
    const cost = label.cost + leastCost('', this.#met.endAt(label.place), !this.#backward);
    this.#frontier.put({ ...label, cost, rest });
  }

  #visit_edges_max(visit: number): number {
    return Math.min(visits_edges[visit] ?? Number.POSITIVE_INFINITY, this.#bounds.edgesOfVertex_max);
  }

  /** Vertices with something behind them that was not read, or not reached. */
  async #unread(): Promise<{ unread: Set<Place>; depth: boolean }> {
    const unread = this.#rows.nearOfUnreached((place) => this.#reached[place] !== undefined);
    for (const { place, rest } of this.#frontier.all()) if (rest !== undefined) unread.add(place);
    const left = [...this.#last, ...this.#readings.map(({ label }) => label.place)];
    const degrees = await this.#met.degreesAt(left);
    let depth = false;
    for (const [i, place] of left.entries()) {
      if ((this.#backward ? degrees[i]!.into : degrees[i]!.outOf) === 0) continue;
      unread.add(place);
      depth ||= this.#last.has(place);
    }
    return { unread, depth };
  }

  #isMore(time: bigint, known: bigint | undefined): boolean {
    return known === undefined || (this.#backward ? time > known : time < known);
  }
}
