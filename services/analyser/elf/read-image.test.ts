import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../test/fixture/byte-writer.ts';
import type { Segment } from './elf-image.ts';
import { ImageReader } from './read-image.ts';

function segment(address: number, bytes: Uint8Array, flags = ''): Segment {
  return { address, bytes, executable: flags.includes('x'), writable: flags.includes('w') };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const reader = new ImageReader({
  segments: [
    segment(0x1000, new Uint8Array([0x55, 0xc3]), 'x'),
    segment(0x1002, text('next to code\0')),
    segment(
      0x3000,
      new ByteWriter(32).u64(0x12_3456_789a, -1).u32(-5, 7).u8(0xff, 0x41, 0, 0xc3, 0xa9, 0).bytes,
      'w',
    ),
  ],
});

test('tells what an address is in', () => {
  const asked = [
    0xfff,
    0x1000,
    0x1001,
    0x1002,
    0x100e,
    0x100f,
    0x3000,
    0x301f,
    0x3020,
    -1,
    Number.NaN,
    2 ** 53,
  ];
  expect(asked.map((at) => reader.segmentOf(at)?.address ?? 0)).toEqual([
    0,
    0x1000,
    0x1000,
    0x1002,
    0x100e - 12,
    0,
    0x3000,
    0x3000,
    0,
    0,
    0,
    0,
  ]);
  expect(asked.map((at) => reader.isCode(at))).toEqual(asked.map((at) => at === 0x1000 || at === 0x1001));
  expect(asked.map((at) => reader.isReadOnly(at))).toEqual(asked.map((at) => at >= 0x1000 && at <= 0x100e));
});

test('reads numbers, and none across the end of a segment', () => {
  expect(reader.readU64(0x3000)).toBe(0x12_3456_789a);
  expect(reader.readU64(0x3008)).toBe(2 ** 64);
  expect(reader.readI32(0x3010)).toBe(-5);
  expect(reader.readI32(0x3014)).toBe(7);
  expect(reader.readU8(0x3018)).toBe(0xff);
  expect(reader.readU64(0x3018)).toBeDefined();
  expect(reader.readU64(0x3019)).toBeUndefined();
  expect(reader.readI32(0x301d)).toBeUndefined();
  expect(reader.readU8(0x3020)).toBeUndefined();
  expect(reader.readU64(0x1000)).toBeUndefined();
});

test('gives bytes as a view', () => {
  expect(reader.bytesAt(0x1002, 4)).toEqual(text('next'));
  expect(reader.bytesAt(0x1001, 4)).toBeUndefined();
  expect(reader.bytesAt(0x1000, 2)!.buffer).toBe(reader.segmentOf(0x1000)!.bytes.buffer);
});

describe('a text', () => {
  const read = (bytes: Uint8Array, bytesMax = 100): string | undefined =>
    new ImageReader({ segments: [segment(0x10, bytes)] }).cString(0x10, bytesMax);

  test.each([
    ['%s: done\n\0x', '%s: done\n'],
    ['\t\r\n\x1b[31m\0', '\t\r\n\x1b[31m'],
    ['naïve – ✓ 😀\0', 'naïve – ✓ 😀'],
    ['\0', ''],
  ])('%j is one', (bytes, expected) => {
    expect(read(text(bytes))).toBe(expected);
  });

  test.each([
    ['without an end', text('abc')],
    ['with a bell', text('a\x07b\0')],
    ['with delete', text('a\x7f\0')],
    ['with a control character of two bytes', text('a\u0085\0')],
    ['with half a character', new Uint8Array([0x61, 0xc3, 0])],
    ['in UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0])],
  ])('is none %s', (_name, bytes) => {
    expect(read(bytes)).toBeUndefined();
  });

  test('is none where it is longer than asked for', () => {
    expect(read(text('abc\0'), 4)).toBe('abc');
    expect(read(text('abc\0'), 3)).toBeUndefined();
  });

  test('is none outside of every segment', () => {
    expect(reader.cString(0x2000, 10)).toBeUndefined();
  });
});

test('an image without segments has nothing', () => {
  const empty = new ImageReader({ segments: [] });
  expect([empty.segmentOf(0), empty.readU8(0), empty.cString(0, 9), empty.bytesAt(0, 0)]).toEqual(
    Array(4).fill(undefined),
  );
});
