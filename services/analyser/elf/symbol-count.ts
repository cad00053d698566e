/**
 * How many dynamic symbols there are: no entry says it, but the hash tables that the loader looks names up in do.
 * It must not know names.
 */
import type { AddressSpace, LoadedSegment } from './address-space.ts';
import type { DynamicTable } from './dynamic-table.ts';
import { dynamicTag } from './elf-format.ts';

/** At most `capacity`; 0 where no hash table says. */
export function dynamicSymbolCount(dynamic: DynamicTable, space: AddressSpace, capacity: number): number {
  const counts = [
    countIn(space, dynamic.value(dynamicTag.gnuHash), countByGnuHash),
    countIn(space, dynamic.value(dynamicTag.hash), ({ bytes }, at) => bytes.u32(at + 4)),
  ];
  return Math.min(capacity, Math.max(...counts));
}

function countIn(
  space: AddressSpace,
  address: number,
  count: (segment: LoadedSegment, at: number) => number,
): number {
  const header_bytes = 16;
  const segment = address === 0 ? undefined : space.findFilled(address, header_bytes);
  return segment === undefined ? 0 : count(segment, address - segment.address);
}

/** Chains lie one after the other and end with an odd hash: the last chain's end is the last symbol. */
function countByGnuHash({ bytes, fileSize }: LoadedSegment, at: number): number {
  const bucketCount = bytes.u32(at);
  const first = bytes.u32(at + 4);
  const buckets = at + 16 + bytes.u32(at + 8) * 8;
  if (buckets + bucketCount * 4 > fileSize) return 0;
  let last = 0;
  for (let i = 0; i < bucketCount; i++) last = Math.max(last, bytes.u32(buckets + i * 4));
  if (last < first) return first;
  const chains = buckets + bucketCount * 4;
  let symbol = last;
  for (; chains + (symbol - first + 1) * 4 <= fileSize; symbol++) {
    if ((bytes.u32(chains + (symbol - first) * 4) & 1) === 1) break;
  }
  return symbol + 1;
}
