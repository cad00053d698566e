/** Decompresses a body in memory, within a bound, off the main thread. It must not know what it holds. */
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions, zstdDecompress } from 'node:zlib';
import { ZstdFrames, zstdContentSize } from './zstd-frames.ts';

/** The bytes are not what their encoding says, or are more than the bound. */
export class DecompressError extends Error {
  override readonly name = 'DecompressError';
  readonly code: 'too-large' | 'damaged';
  constructor(code: DecompressError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

type Decoder = (bytes: Uint8Array, options: ZlibOptions) => Promise<Uint8Array>;

const decoders = {
  gzip: { decode: promisify(gunzip) as Decoder, contentSize: gzipContentSize },
  zstd: { decode: promisify(zstdDecompress) as Decoder, contentSize: zstdContentSize },
};

/** Each takes a decoder of its own. */
const frames_max = 1_024;
const chunk_bytes_min = 64 << 10;
/** Of text that repeats itself as logs do; what claims more comes in several chunks. */
const ratio_max = 32;

/** Throws DecompressError. */
export async function decompress(
  bytes: Uint8Array,
  encoding: 'identity' | keyof typeof decoders,
  bytes_max: number,
): Promise<Uint8Array> {
  if (encoding === 'identity') return bytes;
  try {
    if (encoding === 'gzip') return await decoded(bytes, encoding, bytes_max);
    const contents: Uint8Array[] = [];
    let rest = bytes_max;
    for (const { kind, begin, end } of new ZstdFrames().parts(bytes)) {
      if (kind === 'skipped') continue;
      if (contents.length === frames_max)
        throw new DecompressError('too-large', `more than ${frames_max} frames`, undefined);
      const content = await decoded(bytes.subarray(begin, end), encoding, rest);
      contents.push(content);
      rest -= content.length;
    }
    return contents.length === 1 ? contents[0]! : Buffer.concat(contents);
  } catch (cause) {
    if (cause instanceof DecompressError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DecompressError('too-large', `more than ${bytes_max} bytes when decompressed`, cause);
    throw new DecompressError('damaged', `no ${encoding}: ${(cause as Error).message}`, cause);
  }
}

/** In one piece where it says how long it is: each further one comes over the main thread, and all are copied. */
async function decoded(
  bytes: Uint8Array,
  encoding: keyof typeof decoders,
  bytes_max: number,
): Promise<Uint8Array> {
  const { decode, contentSize } = decoders[encoding];
  const likely = Math.min(contentSize(bytes) ?? 0, bytes.length * ratio_max, bytes_max);
  return await decode(bytes, {
    maxOutputLength: Math.max(1, bytes_max),
    chunkSize: Math.max(chunk_bytes_min, likely),
  });
}

/** By the end of the last member (RFC 1952, section 2.3.1), modulo 2^32. */
function gzipContentSize(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length < 18 ? undefined : view.getUint32(bytes.length - 4, true);
}
