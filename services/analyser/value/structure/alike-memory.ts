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
  /** By memory: location and node in turn. */
  readonly #cells = new Map<number, number[]>();
  /** Node of a cell and the location that gets what it has, in turn. */
  readonly #pending: number[] = [];
  #shared = 0;

  constructor(space: Locations, data: PointerData) {
    this.#space = space;
    this.#data = data;
  }

  /** A location that holds something, from now on, and its node. */
  addCell(location: number, node: number): void {
    const memory = this.#space.memoryOf(location);
    if (memory === undefined) return;
    const cells = this.#cells.get(memory);
    if (cells === undefined) this.#cells.set(memory, [location, node]);
    else cells.push(location, node);
    for (const [, distance] of this.#alike.get(memory) ?? []) this.#pending.push(node, location + distance);
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
    const cells = this.#cells.get(memory) ?? [];
    for (let at = 0; at < cells.length; at += 2) this.#pending.push(cells[at + 1]!, cells[at]! + distance);
  }

  /** Whether there was anything to do. */
  settle(points: PointsTo): boolean {
    const before = this.#pending.length > 0;
    while (this.#pending.length > 0) {
      const to = this.#pending.pop()!;
      const node = this.#pending.pop()!;
      if (this.#shared++ >= shared_max) return false;
      if (this.#space.memoryOf(to) !== undefined) points.copy(node, points.cell(to));
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
