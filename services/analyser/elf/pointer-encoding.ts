/** DW_EH_PE: how `.eh_frame` writes pointers. It must not know what they point to. */
import type { FileBytes } from './file-bytes.ts';

export const omitted = 0xff;

export interface EncodedPointer {
  /** Undefined where it is null. */
  readonly value: number | undefined;
  /** Behind the pointer. */
  readonly next: number;
}

export interface PointerContext {
  readonly bytes: FileBytes;
  /** The virtual address of the first byte. */
  readonly address: number;
  /** What data-relative pointers are relative to. */
  readonly dataBase: number;
}

/** Undefined for an encoding that is not known, or where the bytes end. Indirect pointers give where the pointer is. */
export function readPointer(
  context: PointerContext,
  at: number,
  encoding: number,
): EncodedPointer | undefined {
  if (encoding === omitted) return { value: undefined, next: at };
  const size = pointerSize(encoding);
  const { bytes } = context;
  if (size === undefined || !bytes.has(at, size)) return undefined;
  const raw = rawPointer(bytes, at, encoding);
  const next = at + size;
  if (raw === 0) return { value: undefined, next };
  const base = baseOf(context, at, encoding);
  return base === undefined ? undefined : { value: base + raw, next };
}

/** The number alone, as sizes are written. */
export function readUnbased(bytes: FileBytes, at: number, encoding: number): EncodedPointer | undefined {
  const size = pointerSize(encoding);
  if (size === undefined || !bytes.has(at, size)) return undefined;
  // A signed format says how wide a size is; no size is below 0.
  return { value: rawPointer(bytes, at, encoding & 7), next: at + size };
}

function pointerSize(encoding: number): number | undefined {
  return [8, undefined, 2, 4, 8][encoding & 7];
}

function rawPointer(bytes: FileBytes, at: number, encoding: number): number {
  switch (encoding & 0xf) {
    case 0x02:
      return bytes.u16(at);
    case 0x03:
      return bytes.u32(at);
    case 0x0a:
      return bytes.i16(at);
    case 0x0b:
      return bytes.i32(at);
    case 0x0c:
      return bytes.i64(at);
    default:
      return bytes.u64(at);
  }
}

function baseOf(context: PointerContext, at: number, encoding: number): number | undefined {
  switch (encoding & 0x70) {
    case 0x00:
      return 0;
    case 0x10:
      return context.address + at;
    case 0x30:
      return context.dataBase;
    default:
      return undefined;
  }
}
