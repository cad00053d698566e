/** One piece of what is packed: compressed by what makes least of it. It must not know what is in it. */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';

/** Pieces of at most so many bytes are packed with more care: brotli makes less of them, and is ten times as slow. */
const careful_bytes_max = 1 << 18;
const method = { brotli: 0, zstd: 1 } as const;

export function packPiece(bytes: Uint8Array): Uint8Array {
  const isSmall = bytes.length <= careful_bytes_max;
  const body = isSmall
    ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    : zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
  const out = new Uint8Array(body.length + 1);
  out[0] = isSmall ? method.brotli : method.zstd;
  out.set(body, 1);
  return out;
}

export function unpackPiece(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(1);
  return bytes[0] === method.brotli ? brotliDecompressSync(body) : zstdDecompressSync(body);
}
