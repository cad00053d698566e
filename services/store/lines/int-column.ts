/**
 * A column of integers in the fewest bytes that a compressor then makes least of: as they are, by their differences,
 * or as places in a list of the few that there are; byte by byte in planes, so that alike bytes stand together.
 * It must not know what the numbers mean.
 */
import { type ByteReader, type ByteWriter, unzigzag, zigzag } from '../embedded/bytes.ts';

const way = { constant: 0, plain: 1, difference: 2, listed: 3 } as const;
const listed_max = 256;

/** Every value is a safe integer, of either sign. */
export function writeIntegers(out: ByteWriter, values: readonly number[]): void {
  if (values.length === 0) return;
  const first = values[0]!;
  if (values.every((value) => value === first)) {
    out.varint(way.constant);
    out.varint(zigzag(first));
    return;
  }
  const plain = values.map(zigzag);
  const differences = values.map((value, i) => zigzag(value - (values[i - 1] ?? 0)));
  const list = [...new Set(values)];
  const places = list.length > listed_max ? undefined : placesOf(values, list);
  const costs = [
    [way.plain, bitsOf(plain)],
    [way.difference, bitsOf(differences)],
    [way.listed, places === undefined ? Number.POSITIVE_INFINITY : bitsOf(places) + list.length * 24],
  ] as const;
  const [best] = costs.reduce((a, b) => (b[1] < a[1] ? b : a));
  out.varint(best);
  if (best !== way.listed) writePlanes(out, best === way.plain ? plain : differences);
  else {
    out.varint(list.length);
    writePlanes(
      out,
      list.map((value, i) => zigzag(value - (list[i - 1] ?? 0))),
    );
    writePlanes(out, places!);
  }
}

export function readIntegers(from: ByteReader, count: number): number[] {
  if (count === 0) return [];
  const how = from.varint();
  if (how === way.constant) return new Array<number>(count).fill(unzigzag(from.varint()));
  if (how === way.listed) {
    const list = summed(readPlanes(from, from.varint()));
    return readPlanes(from, count).map((place) => list[place]!);
  }
  const values = readPlanes(from, count);
  return how === way.difference ? summed(values) : values.map(unzigzag);
}

function placesOf(values: readonly number[], list: readonly number[]): number[] {
  const places = new Map(list.map((value, i) => [value, i]));
  return values.map((value) => places.get(value)!);
}

function summed(differences: readonly number[]): number[] {
  let sum = 0;
  return differences.map((difference) => {
    sum += unzigzag(difference);
    return sum;
  });
}

function widthOf(values: readonly number[]): number {
  let greatest = 0;
  for (const value of values) if (value > greatest) greatest = value;
  let width = 1;
  for (let limit = 256; greatest >= limit; limit *= 256) width++;
  return width;
}

function writePlanes(out: ByteWriter, values: readonly number[]): void {
  const width = widthOf(values);
  const count = values.length;
  out.varint(width);
  out.reserve(width * count);
  for (let i = 0; i < count; i++) {
    let rest = values[i]!;
    for (let plane = 0; plane < width; plane++) {
      out.bytes[out.length + plane * count + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  out.length += width * count;
}

function readPlanes(from: ByteReader, count: number): number[] {
  const width = from.varint();
  const values = new Array<number>(count).fill(0);
  for (let plane = width - 1; plane >= 0; plane--) {
    const start = from.at + plane * count;
    for (let i = 0; i < count; i++) values[i] = values[i]! * 256 + from.bytes[start + i]!;
  }
  from.at += width * count;
  return values;
}

/** What an entropy coder without memory would make of the planes. */
function bitsOf(values: readonly number[]): number {
  const width = widthOf(values);
  let bits = 0;
  let scale = 1;
  for (let plane = 0; plane < width; plane++) {
    const counts = new Uint32Array(256);
    for (const value of values) counts[Math.floor(value / scale) % 256]!++;
    for (const count of counts) if (count > 0) bits += count * Math.log2(values.length / count) + 4;
    scale *= 256;
  }
  return bits;
}
