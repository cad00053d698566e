import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../test/fixture/byte-writer.ts';
import { buildId, type SampleElf, sampleElf } from '../../../test/fixture/sample-elf.ts';
import { place } from '../../../test/fixture/sample-elf-layout.ts';
import type { ElfImage } from './elf-image.ts';
import { readElf } from './read-elf.ts';
import { ImageReader } from './read-image.ts';

function imageOf(bytes: Uint8Array, debug?: Uint8Array): ElfImage {
  const { image, diagnostics } = readElf(bytes, { file: 'sample', debug });
  expect(diagnostics).toEqual([]);
  return image!;
}

function permissions({ segments }: ElfImage): string[] {
  return segments.map(
    ({ address, bytes, executable, writable }) =>
      `${address.toString(16)}+${bytes.length.toString(16)} ${executable ? 'x' : '-'}${writable ? 'w' : '-'}`,
  );
}

const variants: [string, SampleElf][] = [
  ['PIE', {}],
  ['PIE with packed relocations', { relr: true }],
  ['PIE with a SysV hash table', { sysvHash: true }],
  ['fixed executable', { kind: 'executable' }],
  ['library', { kind: 'library' }],
  ['aarch64 PIE', { architecture: 'aarch64' }],
  ['aarch64 library with packed relocations', { architecture: 'aarch64', kind: 'library', relr: true }],
];

describe.each(variants)('a stripped %s without section headers', (_name, options) => {
  const base = options.kind === 'executable' ? 0x400000 : 0;
  const image = imageOf(sampleElf(options));

  test('is what its headers say', () => {
    expect(image).toMatchObject({
      architecture: options.architecture ?? 'x86-64',
      kind: options.kind === 'library' ? 'shared-library' : 'executable',
      relocatable: options.kind !== 'executable',
      dynamic: true,
      buildId,
      needed: ['libc.so.6', 'libm.so.6'],
      entry: base + place.main,
    });
  });

  test('has its segments, with RELRO read-only and memory behind the file zero', () => {
    const at = (offset: number): string => (base + offset).toString(16);
    expect(permissions(image)).toEqual([
      `${at(0)}+800 --`,
      `${at(0x800)}+400 x-`,
      `${at(0xc00)}+400 --`,
      `${at(0x1000)}+1c0 --`,
      `${at(0x11c0)}+80 -w`,
    ]);
    expect(new ImageReader(image).readU64(base + place.stdout)).toBe(0);
  });

  test('has relocations applied, pointers listed and imports named', () => {
    const reader = new ImageReader(image);
    const pointers = [place.beginArray, place.table, place.table + 8, place.got + 8];
    expect(image.pointers).toEqual(pointers.map((at) => base + at));
    expect(pointers.map((at) => reader.readU64(base + at)! - base)).toEqual([
      place.begin,
      place.texts,
      place.texts + 10,
      place.helper,
    ]);
    expect([...image.imports].sort((a, b) => a[0] - b[0])).toEqual([
      [base + place.got, 'stderr'],
      [base + place.got + 16, 'printf'],
      [base + place.data, 'environ'],
    ]);
  });

  test('has the symbols that others see, the copied object among them', () => {
    expect(image.symbols).toEqual([
      { name: 'helper', address: base + place.helper, size: 16, kind: 'function', exported: true },
      { name: 'stdout', address: base + place.stdout, size: 8, kind: 'object', exported: true },
    ]);
  });

  test('has its functions by their frames, and what runs before main', () => {
    const starts = [place.main, place.helper, place.begin];
    expect(image.frames).toEqual(starts.map((at) => ({ address: base + at, size: 0x20 })));
    expect(image.initialisers).toEqual([base + place.begin]);
  });
});

test('section headers add the full symbols, without repeats, versions and source files', () => {
  const { symbols } = imageOf(sampleElf({ sections: true }));
  expect(symbols).toEqual([
    { name: 'main', address: place.main, size: 0x20, kind: 'function', exported: false },
    { name: 'helper', address: place.helper, size: 16, kind: 'function', exported: true },
    { name: 'begin', address: place.begin, size: 0x20, kind: 'function', exported: false },
    { name: 'stdout', address: place.stdout, size: 8, kind: 'object', exported: true },
  ]);
});

test('a split debug file of the same build gives its symbols, one of another build nothing', () => {
  const debug = sampleElf({ sections: true });
  expect(imageOf(sampleElf(), debug).symbols).toEqual(imageOf(debug).symbols);
  debug[place.buildId + 16] = 0xff;
  const { image, diagnostics } = readElf(sampleElf(), { debug });
  expect(image!.symbols).toHaveLength(2);
  expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['elf-debug', 'warning']]);
});

test('constants in an executable segment are no code where sections tell them apart', () => {
  const bytes = sampleElf({ sections: true });
  // One executable segment from the headers to the frames, as linkers lay out without -z separate-code.
  const writer = new ByteWriter(bytes.length);
  writer.bytes.set(bytes);
  writer.to(place.programHeaders).u32(1, 5).u64(0, 0, 0, 0x1000, 0x1000);
  writer.to(place.programHeaders + 56).u32(0);
  writer.to(place.programHeaders + 2 * 56).u32(0);
  const pieces = ['0+800 --', '800+400 x-', 'c00+400 --'];
  expect(permissions(imageOf(writer.bytes)).slice(0, 3)).toEqual(pieces);
  // So it is in a library, which has no entry, but not where the entry would be no code.
  writer.to(24).u64(0);
  expect(permissions(imageOf(writer.bytes)).slice(0, 3)).toEqual(pieces);
  writer.to(24).u64(place.texts);
  expect(permissions(imageOf(writer.bytes))[0]).toBe('0+1000 x-');
});

test('the bytes that were given are not changed', () => {
  const bytes = sampleElf({ relr: true });
  imageOf(bytes);
  expect(bytes).toEqual(sampleElf({ relr: true }));
});

test('a static program that relocates itself is not dynamic', () => {
  const bytes = sampleElf();
  const writer = new ByteWriter(bytes.length);
  writer.bytes.set(bytes);
  // Neither an interpreter nor libraries.
  writer.to(place.programHeaders + 8 * 56).u32(0x6474e551);
  writer.to(place.dynamic).u64(0x15, 0, 0x15, 0);
  expect(imageOf(writer.bytes)).toMatchObject({ kind: 'executable', dynamic: false, needed: [] });
});
