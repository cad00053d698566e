/** Decompresses a body in memory, within a bound, off the main thread. It must not know what it holds. */
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';

/** The bytes are not what their encoding says, or are more than the bound. */
export class DecompressError extends Error {
  override readonly name = 'DecompressError';
  readonly code: 'too-large' | 'damaged';
  constructor(code: DecompressError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const decoders = { gzip: promisify(gunzip), zstd: promisify(zstdDecompress) };

/** Throws DecompressError. */
export async function decompress(
  bytes: Uint8Array,
  encoding: 'identity' | keyof typeof decoders,
  bytes_max: number,
): Promise<Uint8Array> {
  if (encoding === 'identity') return bytes;
  try {
    return await decoders[encoding](bytes, { maxOutputLength: bytes_max });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DecompressError('too-large', `more than ${bytes_max} bytes when decompressed`, cause);
    throw new DecompressError('damaged', `no ${encoding}: ${(cause as Error).message}`, cause);
  }
}
