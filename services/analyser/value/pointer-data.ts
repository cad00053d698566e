/**
 * Function pointers that the file itself holds: in variables, in structures and in arrays of structures, whose members
 * are known by their place in an element. It must not know who reads them.
 */
import { Op } from '../disasm/micro-op.ts';
import type { ProgramValues } from './program-values.ts';

const member_max = 4096;
const stride_max = 1024;
const elements_min = 3;
/** Elements for each that holds a function. */
const gaps_max = 3;

export interface DataPointer {
  readonly address: number;
  readonly fn: number;
  /** Bytes from the beginning of the structure that it lies in, as far as that is known. */
  readonly member: number | undefined;
}

export class PointerData {
  readonly pointers: readonly DataPointer[];
  readonly #byAddress: ReadonlyMap<number, number>;
  readonly #objects: Float64Array;
  readonly #program: ProgramValues;
  /** The last answer of `#behind`: whoever asks for an object often asks for it again. */
  #last = 0;
  /** Of arrays of structures, by where they begin: the size of an element, and how far they reach. */
  readonly #arrays = new Map<number, { readonly stride: number; readonly bytes: number }>();
  readonly #holding = new Set<number>();
  readonly #tables = new Set<number>();
  /** What the file holds, by place. */
  readonly #contents = new Map<number, number[]>();
  /** Of tables, by where they begin and how far apart their pointers are. */
  readonly #places = new Map<string, readonly number[]>();

  constructor(program: ProgramValues) {
    this.#program = program;
    this.#objects = objectStarts(program);
    this.pointers = this.#collect();
    this.#byAddress = new Map(this.pointers.map(({ address, fn }) => [address, fn]));
  }

  /** The function that the pointer at an address points to. */
  at(address: number): number | undefined {
    return this.#byAddress.get(address);
  }

  /** Functions of a table from `address` on, `stride` bytes apart; 0: wherever in the object. */
  *table(address: number, stride: number): Generator<number> {
    const { reader, found } = this.#program;
    const end = this.#endOf(address);
    for (let at = address; at < end; at += stride === 0 ? 8 : stride) {
      const fn = found.byAddress.get(reader.readU64(at) ?? 0);
      if (fn !== undefined) yield fn;
    }
  }

  /** The same for all elements of an array of structures: that of the first. */
  place(address: number): number {
    const behind = this.#behind(address);
    const start = this.#objects[behind - 1];
    const array = start === undefined ? undefined : this.#arrays.get(start);
    const offset = address - start!;
    return array === undefined || offset >= array.bytes ? address : start! + (offset % array.stride);
  }

  /** Where the object that an address lies in begins, as far as that is known. */
  objectOf(address: number): number {
    return this.#objects[this.#behind(address) - 1] ?? 0;
  }

  /** Whether an object can hold pointers: one that never changes does where the file says so. */
  holdsPointers(address: number): boolean {
    if (!this.#program.reader.isReadOnly(address)) return true;
    const behind = this.#behind(address);
    return behind > 0 && this.#holding.has(this.#objects[behind - 1]!);
  }

  /** Whether the file puts functions into the object that an address lies in. */
  holdsFunctions(address: number): boolean {
    return this.#tables.has(this.objectOf(address));
  }

  /** Pointers that the file holds at a place. */
  contents(place: number): readonly number[] {
    return this.#contents.get(place) ?? none;
  }

  /** Places of 8 bytes of a table from `address` on, `stride` bytes apart; 0: wherever in the object. */
  places(address: number, stride: number): readonly number[] {
    const key = `${address} ${stride}`;
    let places = this.#places.get(key);
    if (places === undefined) {
      places = this.#placesFrom(address, stride === 0 ? 8 : stride);
      this.#places.set(key, places);
    }
    return places;
  }

  #placesFrom(address: number, step: number): number[] {
    const places = new Set<number>();
    for (let at = address, end = this.#endOf(address); at < end; at += step) {
      const place = this.place(at);
      if (this.#contents.has(place)) places.add(place);
    }
    return [...places];
  }

  /** Of a table that begins at an address. A number that is none, such as text held in a register, begins no table. */
  #endOf(address: number): number {
    if (!this.#program.reader.segmentOf(address)) return address;
    const end = this.#objects[this.#behind(address)] ?? address + member_max;
    return Math.min(end, address + 8 * member_max);
  }

  #collect(): DataPointer[] {
    const { image, reader, found } = this.#program;
    const words = image.relocatable ? image.pointers : [...wordsOf(this.#program)];
    const byObject = new Map<number, { code: number[]; data: number[] }>();
    for (const at of words) {
      const target = reader.readU64(at) ?? 0;
      const code = found.byAddress.has(target);
      if (!code && !reader.segmentOf(target)) continue;
      const behind = this.#behind(at);
      const start = behind === 0 ? at : this.#objects[behind - 1]!;
      let object = byObject.get(start);
      if (object === undefined) {
        object = { code: [], data: [] };
        byObject.set(start, object);
      }
      (code ? object.code : object.data).push(at - start);
    }
    const pointers: DataPointer[] = [];
    for (const [start, { code, data }] of byObject) {
      this.#holding.add(start);
      if (code.length > 0) this.#tables.add(start);
      const stride = strideOf(code, data);
      if (stride !== undefined) {
        const last = code.concat(data).reduce((a, b) => Math.max(a, b), 0);
        this.#arrays.set(start, { stride, bytes: last - (last % stride) + stride });
      }
      for (const offset of [...code, ...data]) {
        const place = stride === undefined ? start + offset : start + (offset % stride);
        const known = this.#contents.get(place);
        const target = reader.readU64(start + offset)!;
        if (known === undefined) this.#contents.set(place, [target]);
        else known.push(target);
      }
      // A pointer alone is a variable.
      const alone = code.length + data.length === 1;
      for (const offset of code) {
        const member = stride === undefined ? offset : offset % stride;
        const fn = found.byAddress.get(reader.readU64(start + offset) ?? 0)!;
        pointers.push({
          address: start + offset,
          fn,
          member: member < member_max && !alone ? member : undefined,
        });
      }
    }
    return pointers;
  }

  /** Index of the first object that begins behind an address. */
  #behind(address: number): number {
    const last = this.#last;
    if (address >= (this.#objects[last - 1] ?? Infinity) && address < (this.#objects[last] ?? 0)) return last;
    let low = 0;
    let high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#objects[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    this.#last = low;
    return low;
  }
}

const none: readonly number[] = [];

/**
 * The least distance at which pointers to code and to data never fall on one place of an element. Undefined: no array
 * of structures. Functions one right after the other are one structure of handlers, or a plain array, whose elements
 * whoever indexes it asks for.
 */
export function strideOf(code: readonly number[], data: readonly number[]): number | undefined {
  if (code.length < elements_min) return undefined;
  const last = Math.max(...code, ...data);
  if (data.length === 0) {
    const apart = code.slice(1).reduce((all, offset, i) => divisor(all, Math.abs(offset - code[i]!)), 0);
    if (last <= apart * code.length * gaps_max) return apart === 8 ? undefined : apart;
  }
  for (let stride = 16; stride <= stride_max && stride * (elements_min - 1) <= last; stride += 8) {
    const places = new Set(code.map((offset) => offset % stride));
    // An array of nothing but functions has no members.
    if (places.size * (last / stride) > code.length * gaps_max) continue;
    if (data.every((offset) => !places.has(offset % stride))) return stride;
  }
  return undefined;
}

/** The greatest that two numbers have in common. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function* wordsOf({ image }: ProgramValues): Generator<number> {
  for (const { executable, address, bytes } of image.segments) {
    if (executable) continue;
    for (let at = address; at + 8 <= address + bytes.length; at += 8) yield at;
  }
}

/** Where objects in data begin, as far as symbols, instructions and other data name them. */
function objectStarts({ image, reader, found }: ProgramValues): Float64Array {
  const starts = new Set<number>();
  const consider = (address: number | undefined): void => {
    if (address === undefined) return;
    const segment = reader.segmentOf(address);
    if (segment !== undefined && !segment.executable) starts.add(address);
  };
  for (const { kind, address } of image.symbols) if (kind === 'object') consider(address);
  for (const at of image.pointers) consider(reader.readU64(at));
  const { ops } = found;
  for (let at = 0; at < ops.length; at++) {
    if (ops.op[at] === Op.constant) consider(ops.imm[at]!);
  }
  return Float64Array.from(starts).sort();
}
