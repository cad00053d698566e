/** Our reader and binutils' readelf must agree about programs of this system, and about each way to link one. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ElfImage } from '../../../services/analyser/elf/elf-image.ts';
import { readElf } from '../../../services/analyser/elf/read-elf.ts';
import { ImageReader } from '../../../services/analyser/elf/read-image.ts';
import { type ReadelfOutput, readelf } from './readelf-output.ts';

function check(file: string): void {
  const bytes = new Uint8Array(readFileSync(file));
  const { image, diagnostics } = readElf(bytes, { file });
  expect(diagnostics).toEqual([]);
  const theirs = readelf(file);
  expect(image).toMatchObject({ entry: theirs.entry, buildId: theirs.buildId, needed: theirs.needed });
  checkSymbols(image!, theirs);
  checkRelocations(image!, theirs);
  const frames = image!.frames.map(
    ({ address, size }) => `${address.toString(16)}-${(address + size).toString(16)}`,
  );
  expect(new Set(frames)).toEqual(new Set(theirs.frames));
  checkWithoutSections(image!, bytes);
}

function checkSymbols(image: ElfImage, theirs: ReadelfOutput): void {
  const reader = new ImageReader(image);
  const key = (symbol: { address: number; name: string }): string =>
    `${symbol.address.toString(16)} ${symbol.name}`;
  const expected = theirs.symbols.filter(
    ({ section, type, address, name }) =>
      section !== 'UND' &&
      ['FUNC', 'OBJECT', 'NOTYPE', 'IFUNC'].includes(type) &&
      reader.segmentOf(address) !== undefined &&
      !(image.architecture === 'aarch64' && /^\$[dx]/.test(name)),
  );
  expect(new Set(image.symbols.map(key))).toEqual(new Set(expected.map(key)));
  expect(image.symbols.length).toBe(new Set(expected.map(key)).size);
  const exported = expected.filter(
    ({ dynamic, bind, visibility }) =>
      dynamic && bind !== 'LOCAL' && ['DEFAULT', 'PROTECTED'].includes(visibility),
  );
  expect(new Set(image.symbols.filter((symbol) => symbol.exported).map(key))).toEqual(
    new Set(exported.map(key)),
  );
}

function checkRelocations(image: ElfImage, { relocations, symbols }: ReadelfOutput): void {
  const reader = new ImageReader(image);
  const undefinedNames = new Set(
    symbols.filter(({ dynamic, section }) => dynamic && section === 'UND').map(({ name }) => name),
  );
  const pointers = new Set<number>();
  const imports = new Map<number, string>();
  for (const { place, type, value, name, addend } of relocations) {
    if (type === 'RELR') pointers.add(place);
    else if (/^(RELATIVE|IRELATIV)/.test(type)) {
      pointers.add(place);
      expect(reader.readU64(place)).toBe(addend);
    } else if (/^(64|ABS64|GLOB_DAT|JUMP_SLO)/.test(type)) {
      if (value === 0 && undefinedNames.has(name)) imports.set(place, name);
      else {
        pointers.add(place);
        expect(reader.readU64(place)).toBe(value + addend);
      }
    } else if (type === 'COPY') {
      expect(image.symbols).toContainEqual(
        expect.objectContaining({ address: place, name, kind: 'object', exported: true }),
      );
    }
  }
  expect(image.pointers).toEqual([...pointers].sort((a, b) => a - b));
  expect(image.imports).toEqual(imports);
}

/** A dynamic program has all that a loader needs without section headers. */
function checkWithoutSections(image: ElfImage, bytes: Uint8Array): void {
  if (!image.dynamic) return;
  const bare = bytes.slice();
  new DataView(bare.buffer).setBigUint64(40, 0n, true);
  const { image: read, diagnostics } = readElf(bare);
  expect(diagnostics).toEqual([]);
  for (const key of ['imports', 'pointers', 'frames', 'initialisers', 'buildId', 'kind'] as const) {
    expect(read![key]).toEqual(image[key]);
  }
  expect(read!.symbols).toEqual(image.symbols.filter(({ exported }) => exported));
}

const triple = process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';

const system = [
  ...['/bin/bash', '/bin/ls', '/bin/tar', '/usr/bin/perl', '/usr/bin/readelf', '/usr/bin/make'],
  ...['/usr/bin/git', '/usr/bin/openssl', '/usr/bin/ssh', '/usr/bin/curl', '/sbin/ldconfig'],
  ...['libc.so.6', 'libm.so.6', 'libstdc++.so.6', 'libcrypto.so.3'].map((name) => `/lib/${triple}/${name}`),
].filter((file) => existsSync(file));

describe('programs of this system', () => {
  test('are there to be read', () => {
    expect(system.length).toBeGreaterThanOrEqual(10);
  });

  test.each(system)('%s', (file) => check(realpathSync(file)));
});

const source = `
#include <stdio.h>
#include <stdlib.h>
extern char **environ;
static const char *const table[] = {"one\\n", "two\\n", "three\\n"};
static int first(int a) { return a + 1; }
static int second(int a) { return a + 2; }
int (*operations[])(int) = {first, second};
__attribute__((constructor)) static void begin(void) { fputs("begin\\n", stderr); }
int shared(int a) { return operations[a & 1](a); }
int main(int argc, char **argv) {
  fprintf(stdout, "%s %d %p\\n", table[argc % 3], shared(argc), (void *)environ);
  return puts(getenv("HOME"));
}
`;

const variants = [
  ['pie', ['-pie', '-fPIE']],
  ['fixed', ['-no-pie', '-fno-pie']],
  ['static', ['-static']],
  ['static-pie', ['-static-pie']],
  ['library', ['-shared', '-fPIC']],
  ['packed-relocations', ['-pie', '-fPIE', '-Wl,-z,pack-relative-relocs']],
  ['code-beside-data', ['-Wl,-z,noseparate-code']],
  ['no-plt', ['-fno-plt', '-Wl,-z,now']],
  ['sysv-hash', ['-Wl,--hash-style=sysv']],
  ['all-exported', ['-rdynamic']],
  ['stripped', ['-s']],
  ['static-stripped', ['-static', '-s']],
] as const;

describe.each(['gcc', 'aarch64-linux-gnu-gcc'])('what %s links', (compiler) => {
  let folder: string;
  let missing: string | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'disprotrack-elf-'));
    writeFileSync(join(folder, 'program.c'), source);
    try {
      execFileSync(compiler, ['--version'], { stdio: 'ignore' });
    } catch {
      missing = `${compiler} is not installed`;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.for(variants)('%s', ([name, options], context) => {
    if (missing !== undefined) context.skip(missing);
    const file = join(folder, name);
    execFileSync(compiler, ['-O2', ...options, join(folder, 'program.c'), '-o', file], { stdio: 'pipe' });
    check(file);
  });
});
