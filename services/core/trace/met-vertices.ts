/**
 * What a trace knows of the vertices that it has met, by their places: first their names, then how many edges they have,
 * and of those that it reaches their records; each makes a lower bound of what they cost a better one. A store is asked in batches, and once for each vertex. It must not know
 * which way a trace goes.
 */
import type { GraphReader, Vertex, VertexNumber } from '../graph-store.ts';
import { kindOf } from '../upg/identity.ts';
import type { CostEnd } from './edge-cost.ts';
import { fileRole } from './file-role.ts';
import type { Degrees } from './trace-view.ts';
import { VertexSet } from './vertex-set.ts';

/** A vertex while a trace lasts. */
export type Place = number;

interface Named extends CostEnd {
  readonly id: string;
  role: CostEnd['role'];
  degrees: Degrees;
}

const idsOfCall_max = 2_048;
const noDegrees: Degrees = { into: 0, outOf: 0 };

export class MetVertices {
  readonly #reader: GraphReader;
  readonly #set = new VertexSet();
  readonly #named: (Named | undefined)[] = [];
  readonly #counted: boolean[] = [];
  readonly #records: (Vertex | undefined)[] = [];

  constructor(reader: GraphReader) {
    this.#reader = reader;
  }

  placeOf(number: VertexNumber): Place {
    const place = this.#set.placeOf(number);
    // Columns without holes: one that is filled here and there becomes a hash table.
    if (place === this.#named.length) {
      this.#named.push(undefined);
      this.#counted.push(false);
      this.#records.push(undefined);
    }
    return place;
  }

  numberAt(place: Place): VertexNumber {
    return this.#set.numberAt(place);
  }

  /** Of a place that was named, as are these. */
  idAt(place: Place): string {
    return this.#named[place]!.id;
  }

  endAt(place: Place): CostEnd {
    return this.#named[place]!;
  }

  /** Undefined where the store has no record. */
  recordAt(place: Place): Vertex | undefined {
    return this.#records[place];
  }

  /** Rejects with what the store rejects with, as do the others. */
  async name(places: readonly Place[]): Promise<void> {
    for (const part of this.#parts(places, (place) => this.#named[place] === undefined)) {
      const ids = await this.#reader.idsOf(part.map((place) => this.numberAt(place)));
      for (let i = 0; i < part.length; i++) {
        const place = part[i]!;
        const id = ids[i]!;
        const kind = kindOf(id);
        this.#named[place] = { id, kind, role: undefined, degrees: noDegrees };
        this.#counted[place] = !isCountedKind(kind);
      }
    }
  }

  /** How many edges they have, as far as costs go by that. Of places that were named. */
  async count(places: readonly Place[]): Promise<void> {
    for (const part of this.#parts(places, (place) => !this.#counted[place])) {
      const degrees = await this.degreesAt(part);
      for (let i = 0; i < part.length; i++) {
        const place = part[i]!;
        this.#named[place]!.degrees = degrees[i]!;
        this.#counted[place] = true;
      }
    }
  }

  /** Of places that were named. */
  async record(places: readonly Place[]): Promise<void> {
    for (const part of this.#parts(places, (place) => this.#records[place] === undefined)) {
      const vertices = await this.#reader.verticesOf(part.map((place) => this.numberAt(place)));
      for (let i = 0; i < part.length; i++) {
        const place = part[i]!;
        const vertex = vertices[i];
        this.#records[place] = vertex;
        if (vertex?.kind === 'file') this.#named[place]!.role = fileRole(vertex);
      }
    }
  }

  /** Also of vertices whose cost does not go by them. */
  async degreesAt(places: readonly Place[]): Promise<Degrees[]> {
    const degrees: Degrees[] = [];
    for (let at = 0; at < places.length; at += idsOfCall_max) {
      const numbers = places.slice(at, at + idsOfCall_max).map((place) => this.numberAt(place));
      degrees.push(...(await this.#reader.degreesOf(numbers)));
    }
    return degrees;
  }

  /** Those of which `isWanted`; what was stored together is read together. */
  *#parts(places: readonly Place[], isWanted: (place: Place) => boolean): Generator<Place[]> {
    const fresh = [...new Set(places.filter(isWanted))];
    fresh.sort((a, b) => this.numberAt(a) - this.numberAt(b));
    for (let at = 0; at < fresh.length; at += idsOfCall_max) yield fresh.slice(at, at + idsOfCall_max);
  }
}

/** Whether costs go by how many edges it has. */
export function isCounted(id: string): boolean {
  return isCountedKind(kindOf(id));
}

function isCountedKind(kind: Vertex['kind'] | undefined): boolean {
  return kind === 'file' || kind === 'process';
}
