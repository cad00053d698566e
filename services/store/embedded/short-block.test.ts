import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packBlock, unpackBlock } from './short-block.ts';

test('a block gives what was packed', () => {
  const repeated = fc
    .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 40 })))
    .map((runs) => Buffer.concat(runs.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))));
  fc.assert(
    fc.property(repeated, (bytes) => {
      expect(unpackBlock(packBlock(bytes), Buffer.alloc(bytes.length))).toEqual(bytes);
    }),
  );
});

test('a block as other programs write it: literals, and a match over its own end', () => {
  const block = Buffer.from([0x35, 0x61, 0x62, 0x63, 0x03, 0x00, 0x50, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e]);
  expect(unpackBlock(block, Buffer.alloc(17)).toString()).toBe('abcabcabcabc.....');
});

test('what repeats takes less', () => {
  const bytes = Buffer.from('["file","/var/lib/php/sessions/sess_1"],'.repeat(64));
  expect(packBlock(bytes).length).toBeLessThan(bytes.length / 10);
});

test('bytes that are no block are refused', () => {
  const block = packBlock(Buffer.from('abcdabcdabcdabcdabcdabcd'));
  expect(() => unpackBlock(block.subarray(0, block.length - 1), Buffer.alloc(24))).toThrow(RangeError);
  expect(() => unpackBlock(block, Buffer.alloc(23))).toThrow(RangeError);
  expect(() => unpackBlock(Buffer.from([0x04, 0x01, 0x00]), Buffer.alloc(8))).toThrow(RangeError);
});
