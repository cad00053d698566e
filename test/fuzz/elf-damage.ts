/**
 * Damage to a program file that knows where tables are: numbers of them become what numbers lie with. It must not
 * know what the reader makes of it.
 */
import type { Random } from '../bench/random.ts';
import { place } from '../fixture/sample-elf-layout.ts';
import { mutate } from './mutation.ts';

/** A mutation of `input`, of at most `lengthMax` bytes, with pieces of `other` in it at times. */
export function damageElf(
  input: Uint8Array,
  other: Uint8Array,
  random: Random,
  lengthMax: number,
): Uint8Array {
  if (random.oneIn(10)) return mutate(input, other, random, dictionary, lengthMax);
  let bytes = input.slice();
  for (let rounds = 1 + random.below(6); rounds > 0; rounds--)
    bytes = random.pick(damages)(bytes, random, other);
  return bytes.slice(0, lengthMax);
}

type Damage = (bytes: Uint8Array<ArrayBuffer>, random: Random, other: Uint8Array) => Uint8Array<ArrayBuffer>;

const damages: readonly Damage[] = [lie, lie, lie, lie, lie, lie, swapRecords, flipByte, copyTable, lengthen];

/** A number of a table becomes another one. */
function lie(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  const at = placeIn(bytes, random);
  const size = random.pick([1, 2, 4, 8]);
  if (at + size > bytes.length) return bytes;
  const value = numberFor(view, at, random);
  if (size === 1) view.setUint8(at, Number(value & 0xffn));
  else if (size === 2) view.setUint16(at, Number(value & 0xffffn), true);
  else if (size === 4) view.setUint32(at, Number(value & 0xffffffffn), true);
  else view.setBigUint64(at, BigInt.asUintN(64, value), true);
  return bytes;
}

/** Records of a table change places; symbols, relocations and headers have these sizes. */
function swapRecords(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const size = random.pick([8, 16, 20, 24, 56, 64]);
  const from = placeIn(bytes, random);
  const to = from + size * random.below(4);
  if (to + size > bytes.length) return bytes;
  const kept = bytes.slice(from, from + size);
  bytes.copyWithin(from, to, to + size);
  bytes.set(kept, to);
  return bytes;
}

function flipByte(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = placeIn(bytes, random);
  if (at < bytes.length) bytes[at] = random.below(256);
  return bytes;
}

/** A table of one file at the same or another place of this one. */
function copyTable(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  other: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const from = placeIn(other, random);
  const to = random.oneIn(2) ? from : placeIn(bytes, random);
  const piece = other.subarray(from, from + random.below(0x200));
  if (to + piece.length <= bytes.length) bytes.set(piece, to);
  return bytes;
}

function lengthen(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (random.oneIn(4)) return bytes.slice(0, random.below(bytes.length + 1));
  const longer = new Uint8Array(bytes.length + random.below(8192));
  longer.set(bytes);
  if (random.oneIn(2)) longer.fill(random.below(256), bytes.length);
  return longer;
}

/** Mostly on a word's boundary, near the beginning of a table. */
function placeIn(bytes: Uint8Array, random: Random): number {
  const start = random.oneIn(8) ? random.below(bytes.length) : random.pick(tables);
  const at = start + random.below(random.oneIn(2) ? 0x40 : 0x200);
  return random.oneIn(8) ? at : at - (at % random.pick([2, 4, 8]));
}

const tables = [
  ...[
    0,
    32,
    place.programHeaders,
    place.programHeaders + 3 * 56,
    place.buildId,
    place.symbols,
    place.strings,
  ],
  ...[place.hash, place.rela, place.frameHeader, place.frames, place.dynamic, place.dynamic],
  ...[place.beginArray, place.imageEnd, place.imageEnd + 0x100],
];

function numberFor(view: DataView, at: number, random: Random): bigint {
  if (random.oneIn(4)) return random.pick(lies) + BigInt(random.below(17) - 8);
  if (random.oneIn(3)) return BigInt(random.pick(tables) + random.below(64));
  if (random.oneIn(2)) return BigInt(view.byteLength - random.below(16));
  const isNear = at + 4 <= view.byteLength;
  return BigInt(isNear ? view.getUint32(at, true) : 0) + BigInt(random.below(0x81) - 0x40);
}

const lies = [
  0n,
  1n,
  1n << 15n,
  1n << 16n,
  1n << 20n,
  1n << 31n,
  1n << 32n,
  1n << 52n,
  1n << 53n,
  1n << 63n,
  -1n,
];

/** Tags, types and magics. */
const dictionary = [
  ...['\x7fELF\x02\x01\x01', 'UPX!', 'zR\0', 'zPLR\0', 'eh\0', 'GNU\0', '.eh_frame\0', '.symtab\0'],
  ...['\x01\x1b\x03\x3b', '\xff\xff\xff\xff', '\xff\xff\xff\xff\xff\xff\xff\xff', '\0\0\0\0\0\0\0\0'],
  ...[1, 2, 4, 5, 6, 7, 8, 23, 25, 35, 36].map((tag) => `${String.fromCharCode(tag)}\0\0\0\0\0\0\0`),
  ...['\x50\xe5\x74\x64', '\x52\xe5\x74\x64', '\xf5\xfe\xff\x6f\0\0\0\0'],
].map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)));
