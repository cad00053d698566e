/**
 * Memory that has what other memory has: a copy of it, or the structure that a function makes for each of its callers.
 * It must not know what is copied where.
 */
import type { PointerData } from '../pointer-data.ts';
import type { Locations } from './locations.ts';
import type { PointsTo } from './points-to.ts';

const alike_max = 64;
/** Members that are shared, over all memory. */
const shared_max = 200_000;

export class AlikeMemory {
  readonly #space: Locations;
  readonly #data: PointerData;
  /** By memory: what has its members too, and the distance between them. */
  readonly #alike = new Map<number, [memory: number, distance: number][]>();
  readonly #cells = new Map<number, number[]>();
  readonly #pending: [from: number, distance: number][] = [];
  #shared = 0;

  constructor(space: Locations, data: PointerData) {
    this.#space = space;
    this.#data = data;
  }

  /** A location that holds something, from now on. */
  addCell(location: number): void {
    const memory = this.#space.memoryOf(location);
    if (memory === undefined) return;
    const cells = this.#cells.get(memory);
    if (cells === undefined) this.#cells.set(memory, [location]);
    else cells.push(location);
    for (const [, distance] of this.#alike.get(memory) ?? []) this.#pending.push([location, distance]);
  }

  /** What lies behind `target`, which is memory, also has what lies behind `source`. */
  copy(points: PointsTo, source: number, target: number): void {
    const other = this.#space.memoryOf(target);
    if (other === undefined) return;
    const memory = this.#space.memoryOf(source);
    if (memory === undefined) {
      if (!this.#space.isMemory(source)) this.#copyTable(points, source, target);
      return;
    }
    const known = this.#alike.get(memory) ?? [];
    const distance = target - source;
    // Once, and not to and fro: distances that add up would never come to an end.
    if (memory === other || known.length >= alike_max || known.some(([before]) => before === other)) return;
    if (this.#alike.get(other)?.some(([before, back]) => before === memory && back !== -distance)) return;
    known.push([other, distance]);
    this.#alike.set(memory, known);
    for (const location of this.#cells.get(memory) ?? []) this.#pending.push([location, distance]);
  }

  /** Whether there was anything to do. */
  settle(points: PointsTo): boolean {
    const before = this.#pending.length > 0;
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      const [from, distance] = next;
      if (this.#shared++ >= shared_max) return false;
      if (this.#space.memoryOf(from + distance) === undefined) continue;
      points.copy(points.cell(from), points.cell(from + distance));
    }
    return before;
  }

  /** The elements of an array of pointers count as one. */
  #copyTable(points: PointsTo, source: number, target: number): void {
    const places = this.#data.places(source, 0);
    const isArray = places.length >= 3 && places[0] === source && places[2] === source + 16;
    for (const place of places) {
      const to = isArray ? target : this.#space.shift(target, place - source);
      if (to !== undefined) points.copy(points.cell(place), points.cell(to));
    }
  }
}
