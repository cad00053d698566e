import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../test/fixture/byte-writer.ts';
import { sampleElf } from '../../../test/fixture/sample-elf.ts';
import { place } from '../../../test/fixture/sample-elf-layout.ts';
import { type ReadElf, readElf } from './read-elf.ts';

type Damage = (writer: ByteWriter) => void;

function readDamaged(damage: Damage, bytes: Uint8Array = sampleElf()): ReadElf {
  const writer = new ByteWriter(bytes.length);
  writer.bytes.set(bytes);
  damage(writer);
  return readElf(writer.bytes, { file: 'sample' });
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const header = (index: number): number => place.programHeaders + index * 56;
/** The value of a dynamic entry by its number in the sample. */
const dynamic = (index: number): number => place.dynamic + index * 16 + 8;
const withSections = sampleElf({ sections: true });
const sectionsAt = new DataView(withSections.buffer).getUint32(40, true);
const section = (index: number): number => sectionsAt + index * 64;

describe('what is no program is refused with one sentence', () => {
  test.each([
    ['nothing', new Uint8Array(), 'This is not an ELF file: it is empty.'],
    ['a script', text('#!/bin/sh\necho\n'), 'This is not an ELF file: it is a script.'],
    ['an archive', text('!<arch>\n'), 'This is not an ELF file: it is a static library.'],
    ['a Windows program', text('MZ\x90'), 'This is not an ELF file: it is a Windows program.'],
    ['other data', text('hello'), 'This is not an ELF file.'],
    ['a magic alone', text('\x7fELF'), 'The file is truncated in its ELF header.'],
    ['half a header', sampleElf().slice(0, 50), 'The file is truncated in its ELF header.'],
  ])('%s', (_name, bytes, message) => {
    const { image, diagnostics } = readElf(bytes, { file: 'sample' });
    expect(image).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 'error', message, file: 'sample' }]);
  });

  test.each<[string, Damage, RegExp, number]>([
    ['32 bits', (w) => w.to(4).u8(1).to(18).u16(3), /32-bit ELF file for x86 \(32-bit\)/, 4],
    ['big-endian', (w) => w.to(5).u8(2).to(18).u8(0, 22), /big-endian ELF file for S\/390/, 5],
    ['RISC-V', (w) => w.to(18).u16(243), /for RISC-V; only x86-64 and aarch64/, 18],
    ['an unknown machine', (w) => w.to(18).u16(4711), /for machine 4711/, 18],
    ['a core file', (w) => w.to(16).u16(4), /core file/, 16],
    ['an object', (w) => w.to(16).u16(1), /relocatable object/, 16],
    ['an unknown type', (w) => w.to(16).u16(9), /unknown type 9/, 16],
    ['no program headers', (w) => w.to(56).u16(0), /no program headers/, 54],
    ['program headers of another size', (w) => w.to(54).u16(32), /no program headers/, 54],
    ['program headers beyond the end', (w) => w.to(32).u64(2 ** 40), /truncated/, 32],
    ['program headers without number', (w) => w.to(56).u16(0xffff), /truncated/, 32],
    [
      'nothing to load',
      (w) => [0, 1, 2, 3].forEach((i) => void w.to(header(i)).u32(0)),
      /no segment that is loaded/,
      56,
    ],
    [
      'segments that overlap',
      (w) => w.to(header(1) + 16).u64(0x700),
      /Two segments overlap at 0x700/,
      header(1),
    ],
    ['a segment at the end of memory', (w) => w.to(header(3) + 16).u64(-4096), /beyond what/, header(3)],
    [
      'a segment larger than the file',
      (w) => w.to(header(3) + 32).u64(2 ** 32, 2 ** 32),
      /truncated/,
      header(3),
    ],
    ['more file than memory', (w) => w.to(header(1) + 40).u64(1), /larger in the file/, header(1)],
    ['4 GiB of zeros', (w) => w.to(header(3) + 40).u64(2 ** 32), /asks for 4294966784 bytes/, header(0)],
  ])('%s', (_name, damage, message, offset) => {
    const { image, diagnostics } = readDamaged(damage);
    expect(image).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 'error', offset }]);
    expect(diagnostics[0]!.message).toMatch(message);
  });

  test('a kernel module', () => {
    const { diagnostics } = readDamaged((w) => {
      w.to(16).u16(1);
      const names = new DataView(w.bytes.buffer).getUint32(section(8) + 24, true);
      w.to(names + 1).text('.modinfo\0');
      w.to(section(1)).u32(1);
    }, withSections);
    expect(diagnostics[0]!.message).toBe('This is a kernel module, which no linker has laid out yet.');
  });

  test('a split debug file', () => {
    const { image, diagnostics } = readDamaged((w) => w.to(section(2) + 4).u32(8), withSections);
    expect(image).toBeUndefined();
    expect(diagnostics[0]!.message).toMatch(/split debug file/);
  });

  test('every truncation', () => {
    const whole = sampleElf();
    for (let length = 0; length < whole.length; length += 7) {
      const { image, diagnostics } = readElf(whole.subarray(0, length));
      expect(image).toBeUndefined();
      expect(diagnostics.map(({ severity }) => severity)).toEqual(['error']);
    }
  });
});

describe('a packed program is refused', () => {
  const bare = (w: ByteWriter): void => {
    // Only the segments stay: neither a dynamic table nor frames.
    for (const index of [4, 6]) w.to(header(index)).u32(0);
  };

  test('by the mark of UPX', () => {
    const { image, diagnostics } = readDamaged((w) => {
      bare(w);
      w.to(place.buildId + 0x10).text('UPX!');
    });
    expect(image).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: 'elf-packed', offset: place.main });
    expect(diagnostics[0]!.message).toMatch(/UPX/);
  });

  test('by code that is as random as compressed data, and not without that', () => {
    const bytes = new Uint8Array(0x3000);
    bytes.set(sampleElf().subarray(0, 0x800));
    const packed = (fill: (i: number) => number): ReadElf =>
      readDamaged((w) => {
        bare(w);
        for (let i = 0x800; i < bytes.length; i++) w.bytes[i] = fill(i);
        w.to(header(0) + 32).u64(0x800, 0x800);
        w.to(header(1)).u32(1, 7).u64(0x800, 0x800, 0x800, 0x2800, 0x2800);
        for (const index of [2, 3]) w.to(header(index)).u32(0);
      }, bytes);
    expect(packed((i) => Math.imul(i, 0x9e3779b1) >>> 24).diagnostics).toMatchObject([
      { code: 'elf-packed' },
    ]);
    expect(packed((i) => i & 0x3f).diagnostics).toEqual([]);
  });

  test('by the mark behind its headers, whatever else is left', () => {
    const { diagnostics } = readDamaged((w) => w.to(header(9) + 4).text('UPX!'));
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'elf-packed' }]);
  });

  test('a program that only speaks of UPX is none', () => {
    const { image, diagnostics } = readDamaged((w) => w.to(place.buildId + 0x10).text('UPX!'));
    expect(diagnostics).toEqual([]);
    expect(image).toBeDefined();
  });
});

describe('what is broken in part leaves the rest', () => {
  test.each<[string, Damage, string, Uint8Array?]>([
    ['section headers beyond the end', (w) => w.to(40).u64(2 ** 50), 'elf-sections'],
    ['too many section headers', (w) => w.to(60).u16(999), 'elf-sections', withSections],
    [
      'endless section headers',
      (w) =>
        w
          .to(60)
          .u16(0)
          .to(section(0) + 32)
          .u64(-1),
      'elf-sections',
      withSections,
    ],
    [
      'a section beyond the end',
      (w) => w.to(section(6) + 32).u64(2 ** 40),
      'elf-section-outside',
      withSections,
    ],
    ['a symbol table without strings', (w) => w.to(section(7) + 32).u64(3), 'elf-string', withSections],
    ['a dynamic table outside', (w) => w.to(header(4) + 16).u64(2 ** 33), 'elf-dynamic'],
    ['dynamic symbols outside', (w) => w.to(dynamic(6)).u64(2 ** 33), 'elf-dynamic-symbols'],
    ['dynamic strings outside', (w) => w.to(dynamic(4)).u64(2 ** 33), 'elf-string'],
    ['relocations outside', (w) => w.to(dynamic(7)).u64(2 ** 33), 'elf-relocations'],
    ['too many relocations', (w) => w.to(dynamic(8)).u64(2 ** 33), 'elf-relocations'],
    ['a relocation of nowhere', (w) => w.to(place.rela).u64(2 ** 33), 'elf-relocation'],
    ['a relocation of a negative address', (w) => w.to(place.rela + 16).u64(-8), 'elf-relocation'],
    ['a relocation of an unknown type', (w) => w.to(place.rela + 8).u32(200), 'elf-relocation-type'],
    ['a relocation of no symbol', (w) => w.to(place.rela + 3 * 24 + 12).u32(2 ** 31), 'elf-relocation'],
    ['a symbol whose name is outside', (w) => w.to(place.symbols + 5 * 24).u32(2 ** 31), 'elf-string'],
    ['initialisers outside', (w) => w.to(dynamic(11)).u64(2 ** 33), 'elf-initialisers'],
    ['frames of nowhere', (w) => w.to(place.frameHeader + 4).u32(2 ** 30), 'elf-frames'],
    ['a frame header of an unknown kind', (w) => w.to(place.frameHeader).u8(7), 'elf-frames'],
    ['an endless frame', (w) => w.to(place.frames).u32(0x7fffffff), 'elf-frames'],
    ['an endless frame in 64 bits', (w) => w.to(place.frames).u32(0xffffffff).u64(-1), 'elf-frames'],
    ['a frame of no length', (w) => w.to(place.frames).u32(1), 'elf-frames'],
    ['a frame that refers to itself', (w) => w.to(place.frames + 0x1c).u32(4), 'elf-frame'],
    ['a frame in an unknown encoding', (w) => w.to(place.frames + 0x10).u8(0x5b), 'elf-frame'],
    ['a frame of data', (w) => w.to(place.frames + 0x20).u32(0x500), 'elf-frame'],
  ])('%s', (_name, damage, code, bytes) => {
    const { image, diagnostics } = readDamaged(damage, bytes);
    expect(image).toBeDefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    expect(diagnostics.every(({ severity, offset }) => severity === 'warning' && offset! >= 0)).toBe(true);
    expect(image!.segments).toHaveLength(5);
  });

  test('symbols that claim more than their segment have no size', () => {
    const { image } = readDamaged((w) => w.to(place.symbols + 5 * 24 + 16).u64(2 ** 32));
    expect(image!.symbols[0]).toMatchObject({ name: 'helper', size: 0 });
  });

  test('a million wrong relocations give a few diagnostics', () => {
    const many = new Uint8Array(0x1200 + 24 * 100_000);
    many.set(sampleElf());
    const { diagnostics } = readDamaged((w) => {
      w.to(header(3) + 32).u64(many.length - 0x1000, many.length - 0x1000);
      w.to(dynamic(7)).u64(0x1200, 8, 24 * 100_000);
      for (let i = 0; i < 100_000; i++) w.to(0x1200 + i * 24 + 8).u32(99);
    }, many);
    expect(diagnostics).toHaveLength(9);
    expect(diagnostics.at(-1)!.message).toBe('99992 more like these were found and are not listed');
  });
});
