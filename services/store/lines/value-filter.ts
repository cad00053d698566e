/**
 * A Bloom filter over the values of a segment that are asked for whole: it says "not here" of most segments that do
 * not hold a value, without their being unpacked. It must not know columns.
 */
import type { ValueKind } from '../../core/line/hole.ts';

const bits_per_value = 7;
const hashes_count = 4;
/** Beyond it more values make it say "perhaps" more often. */
const filter_bytes_max = 1 << 20;

export function valueFilter(values: ReadonlySet<string>): Uint8Array {
  const size = Math.min(filter_bytes_max, Math.ceil((values.size * bits_per_value) / 8));
  const filter = new Uint8Array(size);
  for (const value of values) for (const bit of bitsOf(value, size * 8)) filter[bit >>> 3]! |= 1 << (bit & 7);
  return filter;
}

export function mayHold(filter: Uint8Array, value: string): boolean {
  if (filter.length === 0) return false;
  return bitsOf(value, filter.length * 8).every((bit) => (filter[bit >>> 3]! & (1 << (bit & 7))) !== 0);
}

/** A value with its kind, so that a path is not found for an id. */
export function filterKey(kind: ValueKind, value: string): string {
  return `${kind}\0${value}`;
}

function bitsOf(value: string, bits: number): number[] {
  let [low, high] = [0x811c9dc5, 0x9e3779b1];
  for (let at = 0; at < value.length; at++) {
    low = Math.imul(low ^ value.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ value.charCodeAt(at), 0x85ebca6b);
  }
  const [start, step] = [low >>> 0, (high | 1) >>> 0];
  return Array.from({ length: hashes_count }, (_, i) => (start + i * step) % bits);
}
