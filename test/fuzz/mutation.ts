/**
 * Small damage to bytes, as disks, networks and attackers do it. Lines are known, since the parsers that are fuzzed
 * read lines: they are swapped, doubled, dropped and crossed. It must not know any grammar.
 */
import type { Random } from '../bench/random.ts';

/** A mutation of `input`, of at most `lengthMax` bytes, with pieces of `other` in it at times. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  random: Random,
  dictionary: readonly Uint8Array[],
  lengthMax: number,
): Uint8Array {
  let bytes = input;
  for (let rounds = 1 + random.below(8); rounds > 0; rounds--) {
    bytes = random.pick(mutations)(bytes, other, random, dictionary);
  }
  return bytes.length > lengthMax ? bytes.slice(0, lengthMax) : bytes;
}

type Mutation = (
  bytes: Uint8Array,
  other: Uint8Array,
  random: Random,
  dictionary: readonly Uint8Array[],
) => Uint8Array;

const lineFeed = 10;

const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  deleteRange,
  doubleRange,
  insertWord,
  insertWord,
  changeDigit,
  changeDigit,
  swapLines,
  doubleLine,
  deleteLine,
  moveLine,
  cross,
  cut,
];

function flipBit(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const result = bytes.slice();
  const at = random.below(result.length);
  if (at < result.length) result[at] = result[at]! ^ (1 << random.below(8));
  return result;
}

function setByte(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const result = bytes.slice();
  const at = random.below(result.length);
  if (at < result.length) result[at] = random.oneIn(2) ? random.pick(telling) : random.below(256);
  return result;
}

/** Bytes that mean something to parsers of lines. */
const telling = [
  0, 9, 10, 13, 0x1d, 32, 34, 39, 40, 41, 46, 47, 48, 58, 61, 65, 91, 93, 0x7f, 0x80, 0xc3, 0xff,
];

function deleteRange(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + 1 + random.below(40));
  return joined(bytes.subarray(0, from), bytes.subarray(to));
}

function doubleRange(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const range = bytes.subarray(from, from + 1 + random.below(random.oneIn(20) ? 4000 : 60));
  return joined(bytes.subarray(0, from), range, bytes.subarray(from));
}

function insertWord(
  bytes: Uint8Array,
  _other: Uint8Array,
  random: Random,
  dictionary: readonly Uint8Array[],
): Uint8Array {
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), random.pick(dictionary), bytes.subarray(at));
}

/** Numbers are where orders and bounds lie. */
function changeDigit(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length);
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 48 || byte > 57) continue;
    const result = bytes.slice();
    result[at] = 48 + random.below(10);
    return result;
  }
  return bytes;
}

function swapLines(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const lines = linesOf(bytes);
  const a = random.below(lines.length);
  const b = random.below(lines.length);
  [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  return joined(...lines);
}

function doubleLine(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const lines = linesOf(bytes);
  const line = random.pick(lines);
  lines.splice(random.below(lines.length + 1), 0, line);
  return joined(...lines);
}

function deleteLine(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const lines = linesOf(bytes);
  lines.splice(random.below(lines.length), 1);
  return joined(...lines);
}

function moveLine(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  const lines = linesOf(bytes);
  const [line] = lines.splice(random.below(lines.length), 1);
  lines.splice(random.below(lines.length + 1), 0, line!);
  return joined(...lines);
}

function cross(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const from = random.below(other.length + 1);
  const piece = other.subarray(from, from + random.below(2000));
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
}

function cut(bytes: Uint8Array, _other: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

/** Lines with their line ends; at least one. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(lineFeed, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines.length === 0 ? [bytes] : lines;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
