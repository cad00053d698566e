import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ByteWriter } from '../../../test/fixture/byte-writer.ts';
import { buildId, sampleElf } from '../../../test/fixture/sample-elf.ts';
import { findDebugFile } from './debug-file.ts';
import { readElf } from './read-elf.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disprotrack-debug-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, bytes: Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

const debug = sampleElf({ sections: true });

/** The sample with a section that names its debug file. */
function linked(name: string, checksum: number): Uint8Array {
  const bytes = sampleElf({ sections: true });
  const view = new DataView(bytes.buffer);
  const sections = view.getUint32(40, true);
  const names = view.getUint32(sections + 8 * 64 + 24, true);
  const content = Math.ceil(bytes.length / 8) * 8;
  const writer = new ByteWriter(content + 64 + 32);
  writer.bytes.set(bytes);
  // The symbol table becomes the link.
  writer.to(content).text(name);
  writer.to(content + Math.ceil((name.length + 1) / 4) * 4).u32(checksum);
  const size = writer.at - content;
  writer.to(content + 64).text('.gnu_debuglink');
  writer
    .to(sections + 6 * 64)
    .u32(content + 64 - names, 1)
    .u64(0, 0, content, size);
  return writer.bytes;
}

const symbolsWith = (found: Uint8Array | undefined): string[] =>
  readElf(sampleElf(), { debug: found }).image!.symbols.map(({ name }) => name);

test('is found by build id', () => {
  const file = write(`debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`, debug);
  const found = findDebugFile('/bin/sample', sampleElf(), buildId, [join(folder, 'debug')]);
  expect(found).toMatchObject({ file, diagnostics: [] });
  expect(symbolsWith(found.debug)).toEqual(['main', 'helper', 'begin', 'stdout']);
});

test.each(['sample.debug', '.debug/sample.debug'])('is found as %s by its name and checksum', (path) => {
  const program = linked('sample.debug', crc32(debug));
  const file = write(path, debug);
  const found = findDebugFile(join(folder, 'sample'), program, undefined, []);
  expect(found).toMatchObject({ file, diagnostics: [] });
  expect(symbolsWith(found.debug)).toEqual(['main', 'helper', 'begin', 'stdout']);
});

test('is found under a root', () => {
  const file = write(`root${folder}/sample.debug`, debug);
  const program = linked('sample.debug', crc32(debug));
  expect(findDebugFile(join(folder, 'sample'), program, undefined, [join(folder, 'root')]).file).toBe(file);
});

test('is not taken with another checksum', () => {
  write('sample.debug', debug);
  const program = linked('sample.debug', 1);
  const { debug: found, diagnostics } = findDebugFile(join(folder, 'sample'), program, undefined, []);
  expect(found).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['elf-debug']);
});

test('is not looked for in another folder than its own', () => {
  write('a/sample.debug', debug);
  const program = linked('../a/sample.debug', crc32(debug));
  const found = findDebugFile(join(folder, 'b', 'sample'), program, undefined, []);
  expect(found).toEqual({ file: undefined, debug: undefined, diagnostics: [] });
});

test('is absent most of the time', () => {
  const found = findDebugFile('/bin/sample', sampleElf(), buildId, [join(folder, 'debug')]);
  expect(found).toEqual({ file: undefined, debug: undefined, diagnostics: [] });
});

test('of a gigabyte costs no more than its symbols', () => {
  const file = write(`debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`, debug);
  // A hole, as the rest of a debug file is to the reader.
  truncateSync(file, 1e9);
  const before = process.memoryUsage().rss;
  const found = findDebugFile('/bin/sample', sampleElf(), buildId, [join(folder, 'debug')]);
  expect(symbolsWith(found.debug)).toContain('main');
  expect(process.memoryUsage().rss - before).toBeLessThan(64e6);
});

test.each([
  ['nothing', new Uint8Array()],
  ['a text', new TextEncoder().encode('hello')],
  ['half a file', debug.slice(0, 3000)],
])('%s in its place is not used', (_name, content) => {
  write('sample.debug', content);
  const program = linked('sample.debug', crc32(content));
  const found = findDebugFile(join(folder, 'sample'), program, undefined, []);
  expect(symbolsWith(found.debug)).toEqual(['helper', 'stdout']);
});
