/** The edges that a trace has read, until it is known which of them count. It must not know which way it goes further. */
import type { ReferencedColumns } from './clock/edge-clock.ts';
import type { Label } from './frontier.ts';
import type { Place } from './met-vertices.ts';
import type { TracedEdge } from './traversal.ts';

interface Visit {
  readonly found: ReferencedColumns;
  readonly near: readonly Place[];
  readonly far: readonly Place[];
}

export class TracedRows {
  readonly #backward: boolean;
  readonly #visits: Visit[] = [];
  /** By place, how often its edges were read: a later visit can find some of them again. */
  readonly #readings: number[] = [];

  constructor(backward: boolean) {
    this.#backward = backward;
  }

  /** `near` by query, `far` by row. */
  add(found: ReferencedColumns, near: readonly Label[], far: readonly Place[]): void {
    for (const { place } of near) this.#readings[place] = (this.#readings[place] ?? 0) + 1;
    this.#visits.push({ found, near: near.map(({ place }) => place), far });
  }

  /** Each once, where both ends are reached. */
  edges(isReached: (place: Place) => boolean, idOf: (place: Place) => string): TracedEdge[] {
    const edges: TracedEdge[] = [];
    const seen = new Set<string>();
    for (const { found, near, far } of this.#visits) {
      for (let row = 0; row < found.length; row++) {
        const there = far[row]!;
        if (!isReached(there)) continue;
        const here = near[found.query[row]!]!;
        const first = found.first[row]!;
        const op = found.ops[found.op[row]!]!;
        // What was asked of hosts with clocks of their own comes again at the borders.
        if (found.slack !== undefined || this.#readings[here]! > 1) {
          const key = `${here} ${there} ${first} ${op}`;
          if (seen.has(key)) continue;
          seen.add(key);
        }
        const edge = {
          from: idOf(this.#backward ? there : here),
          to: idOf(this.#backward ? here : there),
          op,
          first,
          last: found.last[row]!,
          count: found.count[row]!,
          bytes: found.bytes[row]!,
        };
        const slack = found.slack?.[row] ?? 0n;
        edges.push(slack === 0n ? edge : { ...edge, slack });
      }
    }
    return edges;
  }

  /** Where an edge leads to what was not reached. */
  nearOfUnreached(isReached: (place: Place) => boolean): Set<Place> {
    const places = new Set<Place>();
    for (const { found, near, far } of this.#visits)
      for (let row = 0; row < found.length; row++)
        if (!isReached(far[row]!)) places.add(near[found.query[row]!]!);
    return places;
  }
}
