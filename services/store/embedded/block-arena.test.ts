import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockArena } from './block-arena.ts';

/** A block without bytes behind the last byte, and then twice round. */
const emptyAtTheEnd: [number, number][] = [
  [0, 3],
  [1, 31],
  [2, 30],
  [3, 0],
  [4, 36],
  [0, 29],
];

test('what an arena still has of a block is what was put in, and the newest it always has', () => {
  const blocks = fc.array(fc.tuple(fc.nat(9), fc.nat(40)), { minLength: 1 });
  fc.assert(
    fc.property(blocks, (puts) => {
      const arena = new BlockArena(64);
      const lengths = new Map<number, number>();
      for (const [number, length] of puts) {
        if (arena.get(number) !== undefined) continue;
        arena.place(number, length).fill(number);
        lengths.set(number, length);
        expect(arena.get(number)).toEqual(Buffer.alloc(length, number));
        for (const [other, size] of lengths) {
          const kept = arena.get(other);
          if (kept !== undefined) expect(kept).toEqual(Buffer.alloc(size, other));
        }
      }
    }),
    { examples: [[emptyAtTheEnd]] },
  );
});

test('an arena gone round has as many of the last blocks as fit, and none larger than itself', () => {
  const arena = new BlockArena(10);
  for (let number = 0; number < 100; number++) arena.place(number, 3);
  expect([96, 97, 98, 99].filter((number) => arena.get(number) !== undefined)).toEqual([97, 98, 99]);
  expect(arena.place(100, 11).length).toBe(11);
  expect(arena.get(100)).toBeUndefined();
  arena.forget(99);
  expect(arena.get(99)).toBeUndefined();
  arena.clear();
  expect(arena.get(98)).toBeUndefined();
});
