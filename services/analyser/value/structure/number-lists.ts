/**
 * Lists of whole numbers by key, in a few typed arrays: most of a hundred thousand lists have no number or one. A list
 * may grow while it is gone through. It must not know what the numbers are.
 */

const END = -1;

export class NumberLists {
  #first = new Int32Array(1 << 10).fill(END);
  #last = new Int32Array(1 << 10).fill(END);
  #value = new Int32Array(1 << 10);
  #next = new Int32Array(1 << 10);
  #count = 0;

  append(key: number, value: number): void {
    if (key >= this.#first.length) this.#growKeys(key);
    if (this.#count === this.#value.length) this.#growEntries();
    const entry = this.#count++;
    this.#value[entry] = value;
    this.#next[entry] = END;
    const last = this.#last[key]!;
    if (last === END) this.#first[key] = entry;
    else this.#next[last] = entry;
    this.#last[key] = entry;
  }

  /** The first entry of a key's list; below 0 where there is none, as behind the last one. */
  first(key: number): number {
    return key < this.#first.length ? this.#first[key]! : END;
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
    for (let entry = this.first(key); entry >= 0; entry = this.#next[entry]!)
      values.push(this.#value[entry]!);
    return values;
  }

  #growKeys(key: number): void {
    const size = Math.max(2 * this.#first.length, key + 1);
    this.#first = grown(this.#first, size, END);
    this.#last = grown(this.#last, size, END);
  }

  #growEntries(): void {
    const size = 2 * this.#value.length;
    this.#value = grown(this.#value, size, 0);
    this.#next = grown(this.#next, size, END);
  }
}

function grown(column: Int32Array, size: number, fill: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size).fill(fill, column.length);
  larger.set(column);
  return larger;
}
