/**
 * A column of texts of bytes: each different one once, and where it stands; or one after the other where most differ.
 * It must not know what the texts mean.
 */
import type { ByteReader, ByteWriter } from '../embedded/bytes.ts';
import { readIntegers, writeIntegers } from './int-column.ts';

const way = { each: 0, listed: 1 } as const;
/** Of the texts so many must be different for them to stand one after the other. */
const different_share_min = 0.8;

export function writeTexts(out: ByteWriter, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const places = new Map<string, number>();
  for (const text of texts) if (!places.has(text)) places.set(text, places.size);
  if (places.size > texts.length * different_share_min) {
    out.varint(way.each);
    writeList(out, texts);
    return;
  }
  out.varint(way.listed);
  out.varint(places.size);
  writeList(out, [...places.keys()]);
  writeIntegers(
    out,
    texts.map((text) => places.get(text)!),
  );
}

export function readTexts(from: ByteReader, count: number): string[] {
  if (count === 0) return [];
  if (from.varint() === way.each) return readList(from, count);
  const list = readList(from, from.varint());
  return readIntegers(from, count).map((place) => list[place]!);
}

function writeList(out: ByteWriter, texts: readonly string[]): void {
  writeIntegers(
    out,
    texts.map((text) => text.length),
  );
  out.append(Buffer.from(texts.join(''), 'latin1'));
}

function readList(from: ByteReader, count: number): string[] {
  const lengths = readIntegers(from, count);
  const bytes = Buffer.from(from.bytes.buffer, from.bytes.byteOffset, from.bytes.length);
  return lengths.map((length) => {
    const text = bytes.toString('latin1', from.at, from.at + length);
    from.at += length;
    return text;
  });
}
