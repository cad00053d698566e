/**
 * Compression of blocks of a few KiB, as LZ4 blocks (the format of Y. Collet): of so few bytes zstd spends most of its
 * time on making a decoder, and a question unpacks hundreds of blocks.
 * Must not know what blocks hold.
 */

const match_min = 4;
/** The format wants a block to end in literals, and no match to begin among its last bytes. */
const lastLiterals = 5;
const lastMatch = 12;
const hash_bits = 12;
const offset_max = 0xffff;
const nibble = 15;

/** Shared, as calls don't overlap: where four bytes of this hash stood last, and one. */
const places = new Uint32Array(1 << hash_bits);

export function packBlock(bytes: Buffer): Buffer {
  const out = new BlockWriter(bytes.length);
  places.fill(0);
  let anchor = 0;
  for (let at = 0; at <= bytes.length - lastMatch; ) {
    const word = bytes.readUInt32LE(at);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - hash_bits);
    const candidate = places[slot]! - 1;
    places[slot] = at + 1;
    if (candidate < 0 || at - candidate > offset_max || bytes.readUInt32LE(candidate) !== word) {
      at++;
      continue;
    }
    const end = matchEnd(bytes, candidate + match_min, at + match_min);
    out.sequence(bytes, anchor, at, at - candidate, end - at - match_min);
    at = end;
    anchor = end;
  }
  out.literals(bytes, anchor, bytes.length);
  return out.done();
}

/** Fills `out`, and gives it. Throws RangeError where `block` is none of as many bytes. */
export function unpackBlock(block: Uint8Array, out: Buffer): Buffer {
  const { length } = out;
  let from = 0;
  let to = 0;
  while (from < block.length) {
    const token = block[from++]!;
    let count = token >>> 4;
    if (count === nibble) for (let more = 255; more === 255; count += more) more = block[from++]!;
    for (const end = from + count; from < end; ) out[to++] = block[from++]!;
    if (from >= block.length) break;
    const offset = block[from]! | (block[from + 1]! << 8);
    from += 2;
    count = token & nibble;
    if (count === nibble) for (let more = 255; more === 255; count += more) more = block[from++]!;
    count += match_min;
    if (offset === 0 || offset > to || to + count > length) throw new RangeError('not a block');
    for (let source = to - offset; count > 0; count--) out[to++] = out[source++]!;
  }
  if (to !== length || from !== block.length) throw new RangeError('not a block');
  return out;
}

function matchEnd(bytes: Buffer, candidate: number, at: number): number {
  const limit = bytes.length - lastLiterals;
  let end = at;
  for (let other = candidate; end < limit && bytes[end] === bytes[other]; other++) end++;
  return end;
}

class BlockWriter {
  readonly #out: Buffer;
  #at = 0;

  constructor(length: number) {
    this.#out = Buffer.allocUnsafe(length + Math.ceil(length / 255) + 16);
  }

  /** Bytes from `from` on, and what stands `offset` before `until`. */
  sequence(bytes: Buffer, from: number, until: number, offset: number, extra: number): void {
    this.#run(bytes, from, until, Math.min(extra, nibble));
    this.#out[this.#at++] = offset & 0xff;
    this.#out[this.#at++] = offset >>> 8;
    if (extra >= nibble) this.#more(extra - nibble);
  }

  literals(bytes: Buffer, from: number, until: number): void {
    this.#run(bytes, from, until, 0);
  }

  done(): Buffer {
    return this.#out.subarray(0, this.#at);
  }

  #run(bytes: Buffer, from: number, until: number, low: number): void {
    const count = until - from;
    this.#out[this.#at++] = (Math.min(count, nibble) << 4) | low;
    if (count >= nibble) this.#more(count - nibble);
    bytes.copy(this.#out, this.#at, from, until);
    this.#at += count;
  }

  #more(rest: number): void {
    let left = rest;
    for (; left >= 255; left -= 255) this.#out[this.#at++] = 255;
    this.#out[this.#at++] = left;
  }
}
