import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readElf } from './read-elf.ts';
import { ImageReader } from './read-image.ts';

describe('the Node that runs this test', () => {
  const bytes = new Uint8Array(readFileSync(realpathSync(process.execPath)));
  const { image, diagnostics } = readElf(bytes, { file: 'node' });
  const reader = new ImageReader(image!);

  test('is read without complaint', () => {
    expect(diagnostics).toEqual([]);
    expect(image!.architecture).toBe(process.arch === 'x64' ? 'x86-64' : 'aarch64');
    expect(image!.kind).toBe('executable');
    expect(image!.needed).toContain('libc.so.6');
  });

  test('has a frame for nearly every function', () => {
    const starts = new Set(image!.frames.map(({ address }) => address));
    const functions = image!.symbols.filter(({ kind, size }) => kind === 'function' && size > 0);
    expect(functions.length).toBeGreaterThan(10_000);
    // Snapshots and hand-written assembly have none.
    const framed = functions.filter(({ address }) => starts.has(address)).length;
    expect(framed / functions.length).toBeGreaterThan(0.95);
  });

  test('has its entry and functions in code, its imports in data', () => {
    expect(reader.isCode(image!.entry)).toBe(true);
    expect(
      image!.frames.every(({ address, size }) => reader.isCode(address) && reader.isCode(address + size - 1)),
    ).toBe(true);
    expect([...image!.imports.values()]).toContain('write');
    expect([...image!.imports.keys()].some((address) => reader.isCode(address))).toBe(false);
  });

  test('has its texts', () => {
    const reversed = Buffer.from(process.version);
    const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(reversed);
    expect(at).toBeGreaterThan(0);
    const holder = image!.segments.find(({ bytes: held }) => Buffer.from(held).includes(reversed))!;
    const address = holder.address + Buffer.from(holder.bytes).indexOf(reversed);
    expect(reader.cString(address, 100)).toContain(process.version);
  });
});

describe.each(['/bin/ls', '/usr/bin/env'])('%s', (file) => {
  test('is read without complaint', (context) => {
    if (!existsSync(file)) context.skip(`there is no ${file} on this machine`);
    const { image, diagnostics } = readElf(new Uint8Array(readFileSync(file)), { file });
    expect(diagnostics).toEqual([]);
    expect(image!.frames.length).toBeGreaterThan(0);
  });
});
