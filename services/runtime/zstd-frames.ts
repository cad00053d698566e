/**
 * Where the frames of zstd bytes end (RFC 8878, section 3.1): Node's decoder reads one and leaves out the rest without a
 * word, while `cat a.zst b.zst` is one content. It must not decompress anything.
 */

const frame_magic = 0xfd2fb528;
const skippable_magic = 0x184d2a5;

/** `content`: to be decompressed, also where it is damaged; `skipped`: it has none. */
export interface FramePart {
  readonly kind: 'content' | 'skipped';
  /** Of the bytes that were given. */
  readonly begin: number;
  readonly end: number;
  /** The frame ends here. */
  readonly isLast: boolean;
}

type Want = 'magic' | 'skip-size' | 'descriptor' | 'block' | 'nothing';

const wanted_bytes: Readonly<Record<Want, number>> = {
  magic: 4,
  'skip-size': 4,
  descriptor: 1,
  block: 3,
  nothing: 0,
};

/** Fed with pieces of any length, in order. */
export class ZstdFrames {
  #want: Want = 'magic';
  /** Of what is wanted: little-endian, and bytes of it that were seen. */
  #value = 0;
  #seen = 0;
  /** Bytes before what is wanted. */
  #ahead = 0;
  #isSkipped = false;
  /** Bytes behind the last block. */
  #checksum = 0;

  /** The parts of `bytes`, which they cover. Of bytes that are no zstd all is content of a frame without an end. */
  *parts(bytes: Uint8Array): Generator<FramePart> {
    let begin = 0;
    for (let at = 0; at < bytes.length; ) {
      const wasSkipped = this.#isSkipped;
      if (this.#ahead > 0) {
        const passed = Math.min(this.#ahead, bytes.length - at);
        this.#ahead -= passed;
        at += passed;
      } else if (this.#want === 'nothing') at = bytes.length;
      else this.#see(bytes[at++]!);
      if (this.#ahead === 0 && this.#want === 'magic' && this.#seen === 0) {
        yield { kind: wasSkipped ? 'skipped' : 'content', begin, end: at, isLast: true };
        begin = at;
        this.#isSkipped = false;
      }
    }
    if (begin < bytes.length)
      yield {
        kind: this.#isSkipped ? 'skipped' : 'content',
        begin,
        end: bytes.length,
        isLast: false,
      };
  }

  #see(byte: number): void {
    this.#value += byte * 2 ** (8 * this.#seen);
    if (++this.#seen < wanted_bytes[this.#want]) return;
    const value = this.#value;
    this.#value = 0;
    this.#seen = 0;
    switch (this.#want) {
      case 'magic':
        this.#isSkipped = Math.floor(value / 16) === skippable_magic;
        this.#want = this.#isSkipped ? 'skip-size' : value === frame_magic ? 'descriptor' : 'nothing';
        break;
      case 'skip-size':
        this.#ahead = value;
        this.#want = 'magic';
        break;
      case 'descriptor':
        this.#ahead = headerOf(value).before + headerOf(value).size;
        this.#checksum = (value & 4) === 0 ? 0 : 4;
        this.#want = 'block';
        break;
      default:
        this.#block(value);
    }
  }

  #block(header: number): void {
    const isLast = (header & 1) === 1;
    const type = (header >> 1) & 3;
    // One byte stands for as many as its size says.
    this.#ahead = type === 1 ? 1 : header >> 3;
    if (type === 3) this.#want = 'nothing';
    else if (isLast) {
      this.#ahead += this.#checksum;
      this.#want = 'magic';
    }
  }
}

/** Bytes of a frame's header that follow its descriptor. */
function headerOf(descriptor: number): { readonly before: number; readonly size: number } {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary_bytes = [0, 1, 2, 4][descriptor & 3]!;
  return {
    before: (isSingleSegment ? 0 : 1) + dictionary_bytes,
    size: [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!,
  };
}

/** Bytes of the content of the first frame, as its header has them; undefined where it does not. */
export function zstdContentSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < 5) return undefined;
  const { before, size } = headerOf(bytes[4]!);
  const at = 5 + before;
  if (size === 0 || bytes.length < at + size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
  if (size === 1) return view.getUint8(0);
  if (size === 2) return view.getUint16(0, true) + 256;
  return size === 4 ? view.getUint32(0, true) : Number(view.getBigUint64(0, true));
}
