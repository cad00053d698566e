/**
 * Edges as columns: the one in-memory form that blocks, segments, merges and queries share.
 * Must not know about storage. Times are 64-bit nanoseconds; the 32-bit views let hot loops compare them
 * without making a bigint for each look.
 */

export class EdgeRows {
  length = 0;
  vertex: Uint32Array;
  other: Uint32Array;
  op: Uint16Array;
  first: BigInt64Array;
  last: BigInt64Array;
  count: Float64Array;
  bytes: Float64Array;
  /** Age of the segment that a row came from: of two versions of one edge, the higher stands. */
  rank: Uint16Array;
  /** Low word at 2i (unsigned), high word at 2i+1 (signed): the views alias `first` and `last`. */
  firstWords!: Int32Array;
  lastWords!: Int32Array;

  constructor(capacity: number) {
    this.vertex = new Uint32Array(capacity);
    this.other = new Uint32Array(capacity);
    this.op = new Uint16Array(capacity);
    this.first = new BigInt64Array(capacity);
    this.last = new BigInt64Array(capacity);
    this.count = new Float64Array(capacity);
    this.bytes = new Float64Array(capacity);
    this.rank = new Uint16Array(capacity);
    this.#alias();
  }

  get capacity(): number {
    return this.vertex.length;
  }

  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.capacity) return;
    const capacity = Math.max(wanted, this.capacity * 2, 16);
    this.vertex = grown(this.vertex, new Uint32Array(capacity));
    this.other = grown(this.other, new Uint32Array(capacity));
    this.op = grown(this.op, new Uint16Array(capacity));
    this.first = grown(this.first, new BigInt64Array(capacity));
    this.last = grown(this.last, new BigInt64Array(capacity));
    this.count = grown(this.count, new Float64Array(capacity));
    this.bytes = grown(this.bytes, new Float64Array(capacity));
    this.rank = grown(this.rank, new Uint16Array(capacity));
    this.#alias();
  }

  /** Appends all rows of another table. */
  append(rows: EdgeRows): void {
    this.reserve(rows.length);
    const { length } = rows;
    this.vertex.set(rows.vertex.subarray(0, length), this.length);
    this.other.set(rows.other.subarray(0, length), this.length);
    this.op.set(rows.op.subarray(0, length), this.length);
    this.first.set(rows.first.subarray(0, length), this.length);
    this.last.set(rows.last.subarray(0, length), this.length);
    this.count.set(rows.count.subarray(0, length), this.length);
    this.bytes.set(rows.bytes.subarray(0, length), this.length);
    this.length += length;
  }

  /** Appends row `at` of another table. */
  take(rows: EdgeRows, at: number): void {
    this.reserve(1);
    const to = this.length++;
    this.vertex[to] = rows.vertex[at]!;
    this.other[to] = rows.other[at]!;
    this.op[to] = rows.op[at]!;
    this.firstWords[2 * to] = rows.firstWords[2 * at]!;
    this.firstWords[2 * to + 1] = rows.firstWords[2 * at + 1]!;
    this.lastWords[2 * to] = rows.lastWords[2 * at]!;
    this.lastWords[2 * to + 1] = rows.lastWords[2 * at + 1]!;
    this.count[to] = rows.count[at]!;
    this.bytes[to] = rows.bytes[at]!;
    this.rank[to] = rows.rank[at]!;
  }

  /** The same edges seen from their other end. Shares the columns: not to be appended to. */
  reversed(): EdgeRows {
    const rows = new EdgeRows(0);
    Object.assign(rows, this, { vertex: this.other, other: this.vertex });
    return rows;
  }

  #alias(): void {
    this.firstWords = new Int32Array(this.first.buffer);
    this.lastWords = new Int32Array(this.last.buffer);
  }
}

/** Order of the times in two word views: negative, zero or positive. */
export function compareTimes(a: Int32Array, atA: number, b: Int32Array, atB: number): number {
  const high = a[2 * atA + 1]! - b[2 * atB + 1]!;
  if (high !== 0) return high;
  return (a[2 * atA]! >>> 0) - (b[2 * atB]! >>> 0);
}

/** Order of identities at one vertex: (first, other, op). */
export function compareIdentity(a: EdgeRows, atA: number, b: EdgeRows, atB: number): number {
  const time = compareTimes(a.firstWords, atA, b.firstWords, atB);
  if (time !== 0) return time;
  const other = a.other[atA]! - b.other[atB]!;
  return other !== 0 ? other : a.op[atA]! - b.op[atB]!;
}

/** time − base in ns, as a number: exact below 2^53, and only larger beyond. */
export function offsetFrom(words: Int32Array, at: number, baseHigh: number, baseLow: number): number {
  return (words[2 * at + 1]! - baseHigh) * 0x100000000 + ((words[2 * at]! >>> 0) - baseLow);
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
