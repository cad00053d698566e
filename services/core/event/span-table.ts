/**
 * Audit logs say the same again and again: who a process is, what its title is, what kind of file a file is. The table
 * gives what was made of a span of bytes when it was seen before. Spans are compared whole, four bytes at a time, which
 * costs a fraction of reading them. It is a cache of fixed size: a newcomer takes the place of whoever was in its slot.
 * It must not know what the bytes say.
 */
export class SpanTable<T> {
  readonly #slotsMax: number;
  readonly #spanMax: number;
  #mask = 0;
  #values: (T | undefined)[] = [];
  #lengths: Int32Array = new Int32Array(0);
  /** Each slot's span. */
  #spans: DataView = new DataView(new ArrayBuffer(0));
  /** Spans kept since the table has its size. */
  #kept = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #start = 0;
  #length = 0;
  #hash = 0;

  /**
   * `slotsMax` is a power of two; spans of more than `spanMax` bytes are not kept. The table begins small and grows up
   * to the product in bytes.
   */
  constructor(slotsMax: number, spanMax: number) {
    if (slotsMax < 1 || (slotsMax & (slotsMax - 1)) !== 0) {
      throw new RangeError(`not a power of two: ${slotsMax}`);
    }
    this.#slotsMax = slotsMax;
    this.#spanMax = spanMax;
    this.#empty(Math.min(slotsMax, slotsAtFirst));
  }

  /** What `keep` was given for the same bytes; undefined where that is not (or no longer) known. */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const length = end - start;
    this.#length = length;
    if (length > this.#spanMax) return undefined;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const hash = hashOf(this.#view, start, length);
    this.#start = start;
    this.#hash = hash;
    const slot = hash & this.#mask;
    if (this.#lengths[slot] !== length) return undefined;
    return isSame(this.#view, start, this.#spans, slot * this.#spanMax, length)
      ? this.#values[slot]
      : undefined;
  }

  /** Keeps the value of the span that `find` was last called with. */
  keep(value: T): void {
    if (this.#length > this.#spanMax) return;
    const slots = this.#mask + 1;
    // As many newcomers as there are slots: it is too small. What it held comes back as it is seen again.
    if (++this.#kept > slots && slots < this.#slotsMax) this.#empty(Math.min(this.#slotsMax, slots * 4));
    const slot = this.#hash & this.#mask;
    copy(this.#view, this.#start, this.#spans, slot * this.#spanMax, this.#length);
    this.#lengths[slot] = this.#length;
    this.#values[slot] = value;
  }

  #empty(slots: number): void {
    this.#mask = slots - 1;
    this.#values = new Array(slots).fill(undefined);
    this.#lengths = new Int32Array(slots).fill(-1);
    this.#spans = new DataView(new ArrayBuffer(slots * this.#spanMax));
    this.#kept = 0;
  }
}

const slotsAtFirst = 16;

/** The last four bytes are taken twice where the number of bytes is no multiple; mixed as FNV does it. */
function hashOf(view: DataView, start: number, length: number): number {
  let hash = length;
  if (length < 4) {
    for (let i = start; i < start + length; i++) hash = mixed(hash, view.getUint8(i));
    return hash;
  }
  const last = start + length - 4;
  for (let i = start; i < last; i += 4) hash = mixed(hash, view.getInt32(i, true));
  return mixed(hash, view.getInt32(last, true));
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x01000193);
  // High bits never come down in a product, and the slot is in the low ones.
  return product ^ (product >>> 15);
}

function isSame(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) {
    if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false;
  }
  return a.getInt32(atA + last, true) === b.getInt32(atB + last, true);
}

function copy(from: DataView, atFrom: number, to: DataView, atTo: number, length: number): void {
  if (length < 4) {
    for (let i = 0; i < length; i++) to.setUint8(atTo + i, from.getUint8(atFrom + i));
    return;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) to.setInt32(atTo + i, from.getInt32(atFrom + i, true), true);
  to.setInt32(atTo + last, from.getInt32(atFrom + last, true), true);
}
