import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ProgramBuilds } from './program-builds.ts';

const proc = mkdtempSync(join(tmpdir(), 'disprotrack-builds-'));
afterAll(() => rmSync(proc, { recursive: true, force: true }));

/** A program that is nothing but a header, one program header and its notes. */
function program(id: Uint8Array, over: { name?: string; wide?: boolean; noteBytes?: number } = {}): Buffer {
  const { name = 'GNU\0', wide = true, noteBytes } = over;
  const other = Buffer.from(`\x04\0\0\0\x10\0\0\0\x01\0\0\0GNU\0${'a'.repeat(16)}`, 'latin1');
  const note = Buffer.alloc(16 + id.length);
  note.writeUInt32LE(4, 0);
  note.writeUInt32LE(noteBytes ?? id.length, 4);
  note.writeUInt32LE(3, 8);
  note.write(name, 12, 'latin1');
  note.set(id, 16);
  const notes = Buffer.concat([other, note]);
  const file = Buffer.alloc(200);
  file.write('\x7fELF', 0, 'latin1');
  file[4] = wide ? 2 : 1;
  file[5] = 1;
  if (wide) {
    file.writeBigUInt64LE(100n, 32);
    file.writeUInt16LE(56, 54);
    file.writeUInt16LE(1, 56);
    file.writeUInt32LE(4, 100);
    file.writeBigUInt64LE(200n, 108);
    file.writeBigUInt64LE(BigInt(notes.length), 132);
  } else {
    file.writeUInt32LE(100, 28);
    file.writeUInt16LE(32, 42);
    file.writeUInt16LE(1, 44);
    file.writeUInt32LE(4, 100);
    file.writeUInt32LE(200, 104);
    file.writeUInt32LE(notes.length, 116);
  }
  return Buffer.concat([file, notes]);
}

function run(pid: number, bytes: Uint8Array): void {
  mkdirSync(join(proc, String(pid)), { recursive: true });
  writeFileSync(join(proc, `image${pid}`), bytes);
  symlinkSync(join(proc, `image${pid}`), join(proc, String(pid), 'exe'));
}

let pids = 100;
const id = Uint8Array.from({ length: 20 }, (_, i) => i * 13);
const hex = Buffer.from(id).toString('hex');

test.each([
  ['of 64 bits', program(id), hex],
  ['of 32 bits', program(id, { wide: false }), hex],
  ['without a build id', program(id, { name: 'XYZ\0' }), undefined],
  ['cut inside its note', program(id).subarray(0, 250), undefined],
  ['whose note says that it is longer', program(id, { noteBytes: 400 }), undefined],
  ['cut inside its header', program(id).subarray(0, 40), undefined],
  ['that is a script', Buffer.from('#!/bin/sh\n'), undefined],
])('a program %s', (_, bytes, expected) => {
  const pid = pids++;
  run(pid, bytes);
  expect(new ProgramBuilds(proc).news(pid, '/x')).toBe(expected);
});

test('is told once of a process, again when it runs another program, and of a pid that is used again', () => {
  run(7, program(id));
  const builds = new ProgramBuilds(proc);
  const told = [builds.news(7, '/a'), builds.news(7, '/a'), builds.news(7, '/b')];
  builds.ended(7);
  expect([...told, builds.news(7, '/b'), builds.news(8, '/a')]).toEqual([
    hex,
    undefined,
    hex,
    hex,
    undefined,
  ]);
});
