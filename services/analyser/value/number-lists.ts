/**
 * Lists of whole numbers by key, in a few typed arrays: most of a hundred thousand lists have no number or one. A list
 * may grow while it is gone through. It must not know what the numbers are.
 */

/** Entries count from 1, so that new room says that there is none. */
const NONE = 0;

export class NumberLists {
  #first = new Int32Array(1 << 10);
  #last = new Int32Array(1 << 10);
  #value = new Int32Array(1 << 10);
  #next = new Int32Array(1 << 10);
  #count = 1;

  append(key: number, value: number): void {
    while (key >= this.#first.length) {
      this.#first = doubled(this.#first);
      this.#last = doubled(this.#last);
    }
    if (this.#count === this.#value.length) {
      this.#value = doubled(this.#value);
      this.#next = doubled(this.#next);
    }
    const entry = this.#count++;
    this.#value[entry] = value;
    const last = this.#last[key]!;
    if (last === NONE) this.#first[key] = entry;
    else this.#next[last] = entry;
    this.#last[key] = entry;
  }

  /** The last entry of a key's list; 0 where there is none. */
  last(key: number): number {
    return key < this.#last.length ? this.#last[key]! : NONE;
  }

  /** The first entry of a key's list; 0 where there is none, as behind the last one. */
  first(key: number): number {
    return key < this.#first.length ? this.#first[key]! : NONE;
  }

  next(entry: number): number {
    return this.#next[entry]!;
  }

  value(entry: number): number {
    return this.#value[entry]!;
  }

  /** What the list has now. */
  list(key: number): number[] {
    const values: number[] = [];
    for (let entry = this.first(key); entry !== NONE; entry = this.#next[entry]!)
      values.push(this.#value[entry]!);
    return values;
  }
}

/** In its place where there is room: a copy would stay until it is swept. */
function doubled(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return new Int32Array(column.buffer.transfer(2 * column.byteLength));
}
