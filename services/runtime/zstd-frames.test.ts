import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZstdFrames, zstdContentSize } from './zstd-frames.ts';

const skippable = (bytes: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a53, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
};
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(400_000).map((length) => Buffer.alloc(length, 7)),
  fc.nat(200_000).map((length) => Buffer.from('GET /page 200\n'.repeat(length / 14))),
);
const frame = fc.oneof(
  fc
    .tuple(content, fc.boolean())
    .map(([bytes, summed]) =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: summed ? 1 : 0 } }),
    ),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => skippable(Buffer.from(bytes))),
);

test('frames end where they were made to, however they are cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (made, cuts) => {
      const bytes = Buffer.concat(made);
      const frames = new ZstdFrames();
      const ends: number[] = [];
      let begin = 0;
      for (const cut of [...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
        const piece = bytes.subarray(begin, cut);
        let covered = 0;
        for (const part of frames.parts(piece)) {
          expect(part.begin).toBe(covered);
          covered = part.end;
          if (part.isLast) ends.push(begin + part.end);
        }
        expect(covered).toBe(piece.length);
        begin = cut;
      }
      let at = 0;
      expect(ends).toEqual(made.map(({ length }) => (at += length)));
    }),
    { numRuns: 200 },
  );
});

test('what is no frame has no end', () => {
  const junk = Buffer.from('type=SYSCALL msg=audit(1.0:1): a\n');
  expect([...new ZstdFrames().parts(junk)]).toEqual([
    { kind: 'content', begin: 0, end: junk.length, isLast: false },
  ]);
});

test('a frame says how long its content is', () => {
  for (const size of [40, 200, 300, 70_000, 5_000_000]) {
    expect(zstdContentSize(zstdCompressSync(Buffer.alloc(size, 1)))).toBe(size);
  }
});
