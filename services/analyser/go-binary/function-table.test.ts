import { expect, test } from 'vitest';
import type { ElfImage, Segment } from '../elf/elf-image.ts';
import { ImageReader } from '../elf/read-image.ts';
import { goFunctions } from './function-table.ts';

const code_address = 0x401000;
const table_address = 0x500000;
const module_address = 0x600000;
const names = ['main.main', 'main.(*server).serve'];
const entries = [0, 0x40, 0x90];

interface Form {
  readonly magic?: number;
  /** Where the table says that the code begins. */
  readonly code?: number;
  /** What the module's record says of the first function; none without one. */
  readonly first?: number;
  readonly count?: number;
}

function tableBytes({ magic = 0xfffffff1, code = code_address, count = names.length }: Form): Buffer {
  const bytes = Buffer.alloc(0x200);
  bytes.writeUInt32LE(magic, 0);
  bytes.set([1, 8], 6);
  const words = [count, 0, code, 0x80, 0, 0, 0, 0x100];
  for (const [i, word] of words.entries()) bytes.writeBigUInt64LE(BigInt(word), 8 + 8 * i);
  let name = 0;
  for (const [i, text] of names.entries()) {
    const record = 0x40 + 8 * i;
    bytes.writeUInt32LE(entries[i]!, 0x100 + 8 * i);
    bytes.writeUInt32LE(record, 0x104 + 8 * i);
    bytes.writeUInt32LE(name, 0x100 + record + 4);
    name += bytes.write(`${text}\0`, 0x80 + name);
  }
  bytes.writeUInt32LE(entries[2]!, 0x100 + 8 * names.length);
  return bytes;
}

function check(form: Form, expected: readonly (readonly [string, number, number])[] | undefined): void {
  const record = Buffer.alloc(0x100);
  record.writeBigUInt64LE(BigInt(table_address), 0);
  record.writeBigUInt64LE(BigInt(form.first ?? 0), 8 * 20);
  const segments: Segment[] = [
    { address: code_address, bytes: new Uint8Array(0x1000), executable: true, writable: false },
    { address: table_address, bytes: tableBytes(form), executable: false, writable: false },
    { address: module_address, bytes: record, executable: false, writable: true },
  ];
  const image = { segments } as unknown as ElfImage;
  const found = goFunctions(image, new ImageReader(image));
  expect(found?.map(({ name, address, size }) => [name, address, size])).toEqual(expected);
}

const both = [
  ['main.main', code_address, 0x40],
  ['main.(*server).serve', code_address + 0x40, 0x50],
] as const;

test('functions of both forms of the table', () => {
  check({}, both);
  check({ magic: 0xfffffff0 }, both);
});

test('where the code begins, by the module’s record where the table leaves it open', () => {
  check({ code: 0, first: code_address }, both);
  check({ code: 0 }, undefined);
  check({ code: 0x12345 }, undefined);
});

test('a table of another form, or one that is no table', () => {
  check({ magic: 0xfffffffb }, undefined);
  check({ count: 0 }, undefined);
  check({ count: 2 ** 40 }, undefined);
});

test('a table that says more functions than it has gives those that lie in code', () => {
  check({ count: 3 }, [both[0], both[1]]);
});
