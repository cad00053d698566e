import { randomBytes } from 'node:crypto';
import { createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DecompressError, decompress } from './decompress.ts';

const bytes_max = 4 << 20;
const line = Buffer.from('type=SYSCALL msg=audit(1.0:1): arch=c000003e\n');
const contents: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['a byte', Buffer.from('a')],
  ['less than 256 bytes', line],
  ['some hundreds', Buffer.concat(Array(9).fill(line))],
  ['more than 64 KiB', Buffer.concat(Array(20_000).fill(line))],
  ['more than its body makes likely', Buffer.alloc(3 << 20)],
  ['what can not be made smaller', randomBytes(200_000)],
];

test.each(contents)('%s comes back, whatever packed it', async (_name, bytes) => {
  expect(await decompress(bytes, 'identity', bytes_max)).toEqual(bytes);
  expect(bytes.equals(await decompress(gzipSync(bytes), 'gzip', bytes_max))).toBe(true);
  expect(bytes.equals(await decompress(zstdCompressSync(bytes), 'zstd', bytes_max))).toBe(true);
});

test('several frames or members in a row are one content', async () => {
  const both = Buffer.concat([line, line]);
  const frames = Buffer.concat([zstdCompressSync(line), zstdCompressSync(line)]);
  const members = Buffer.concat([gzipSync(line), gzipSync(line)]);
  expect(both.equals(await decompress(frames, 'zstd', bytes_max))).toBe(true);
  expect(both.equals(await decompress(members, 'gzip', bytes_max))).toBe(true);
});

test('a frame that does not say how long its content is', async () => {
  const stream = createZstdCompress();
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  for (let i = 0; i < 10_000; i++) stream.write(line);
  await new Promise<void>((resolve) => stream.end(resolve));
  const bytes = await decompress(Buffer.concat(parts), 'zstd', bytes_max);
  expect(bytes.length).toBe(10_000 * line.length);
});

test('a length that is a lie changes nothing', async () => {
  const packed = gzipSync(line);
  packed.writeUInt32LE(0xffff_fff0, packed.length - 4);
  await expect(decompress(packed, 'gzip', bytes_max)).rejects.toThrow(DecompressError);
  const short = zstdCompressSync(Buffer.concat(Array(9).fill(line)));
  short[5] = 0xff;
  await expect(decompress(short, 'zstd', bytes_max)).rejects.toThrow(DecompressError);
});

test('what is more than the bound, and what is no such encoding, are told apart', async () => {
  const zeros = Buffer.alloc(bytes_max + 1);
  for (const [encoding, packed] of [
    ['gzip', gzipSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
  ] as const) {
    await expect(decompress(packed, encoding, bytes_max)).rejects.toMatchObject({ code: 'too-large' });
    await expect(decompress(line, encoding, bytes_max)).rejects.toMatchObject({ code: 'damaged' });
    await expect(decompress(packed.subarray(0, 60), encoding, bytes_max)).rejects.toMatchObject({
      code: 'damaged',
    });
  }
});
