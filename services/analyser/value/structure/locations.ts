/**
 * Numbers for all that a pointer can point to: code and data by address, memory by the call that got it, stack slots by
 * function. The elements of an array count as one. It must not know who points where.
 */

import type { PointerData } from '../pointer-data.ts';
import type { ProgramValues } from '../program-values.ts';
import type { LocationSpace } from './points-to.ts';

const memory_base = 2 ** 50;
const object_bytes = 2 ** 13;
const stack_base = 2 ** 51;
const frame_bytes = 2 ** 17;
const address_max = 2 ** 48;

export class Locations implements LocationSpace {
  readonly #program: ProgramValues;
  readonly #data: PointerData;

  constructor(program: ProgramValues, data: PointerData) {
    this.#program = program;
    this.#data = data;
  }

  /** In the file; undefined where an address is no function, and no data that can hold a pointer. */
  address(address: number): number | undefined {
    if (address < 4096 || address >= address_max) return undefined;
    const segment = this.#program.reader.segmentOf(address);
    if (segment === undefined) return undefined;
    if (segment.executable) return this.isFunction(address) ? address : undefined;
    return this.#data.holdsPointers(address) ? this.#data.place(address) : undefined;
  }

  /** The beginning of what the call at operation `at` got. */
  memory(at: number): number {
    return memory_base + at * object_bytes;
  }

  /** Slots further away than a frame reaches are one. */
  slot(fn: number, offset: number): number {
    const within = Math.max(-frame_bytes / 2, Math.min(offset, frame_bytes / 2 - 8));
    return stack_base + fn * frame_bytes + frame_bytes / 2 + within;
  }

  /** The beginning of the memory that a location lies in; undefined of other locations. */
  memoryOf(location: number): number | undefined {
    const isMemory = location >= memory_base && location < stack_base;
    return isMemory ? location - (location % object_bytes) : undefined;
  }

  objectOf(location: number): number {
    if (location < memory_base) return this.#data.objectOf(location);
    return Math.floor(location / (location >= stack_base ? frame_bytes : object_bytes));
  }

  /** Index of the function that begins at a location and can be pointed to. */
  functionAt(location: number): number | undefined {
    if (location >= memory_base) return undefined;
    const { byAddress, functions } = this.#program.found;
    const fn = byAddress.get(location);
    return fn !== undefined && functions[fn]!.addressTaken ? fn : undefined;
  }

  isFunction(location: number): boolean {
    return this.functionAt(location) !== undefined;
  }

  isMemory(location: number): boolean {
    return location >= memory_base;
  }

  shift(location: number, n: number): number | undefined {
    // No pointer stands between: a step along a text, or a mark in the lowest bits.
    if (n % 8 !== 0 || n === 0) return location;
    if (this.isFunction(location)) return undefined;
    const moved = location + n;
    if (this.objectOf(moved) !== this.objectOf(location)) return undefined;
    return location < memory_base ? this.address(moved) : moved;
  }
}
