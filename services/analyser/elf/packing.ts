/** Tells a program that unpacks or decrypts itself: what the file holds is not what will run. */
import type { AddressSpace } from './address-space.ts';
import type { ElfHeader } from './elf-header.ts';
import type { FileBytes } from './file-bytes.ts';

const stub_bytes_max = 1024;
const sample_bytes_min = 4096;
const sample_bytes_max = 2 ** 20;
/** Of 8. Machine code has about 6, what is compressed or encrypted nearly 8. */
const entropy_bits_max = 7.4;

/** One sentence; undefined where nothing speaks for it. */
export function packingOf(
  file: FileBytes,
  header: ElfHeader,
  space: AddressSpace,
  known: { readonly imports: number; readonly frames: number; readonly symbols: number },
): string | undefined {
  const isBare = known.imports === 0 && known.frames === 0 && known.symbols === 0;
  if (hasUpxMark(file, header.programHeadersEnd, isBare)) {
    return 'This program is packed with UPX; unpack it first (upx -d).';
  }
  if (!isBare) return undefined;
  const segment = space.find(header.entry, 1);
  if (segment === undefined || !segment.executable || segment.fileSize < sample_bytes_min) return undefined;
  const sample = segment.bytes.bytes.subarray(0, Math.min(segment.fileSize, sample_bytes_max));
  if (entropy(sample) <= entropy_bits_max) return undefined;
  return 'This program looks packed or encrypted: its code is as random as compressed data.';
}

/** UPX writes its mark right behind the program headers; a bare program may have it in its stub as well. */
function hasUpxMark(file: FileBytes, from: number, isBare: boolean): boolean {
  if (file.is(from + 4, 'UPX!')) return true;
  if (!isBare) return false;
  const end = Math.min(file.length, from + stub_bytes_max);
  for (let at = from; at < end; at++) if (file.is(at, 'UPX!')) return true;
  return false;
}

/** Bits in a byte. */
function entropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]!++;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  return bits;
}
