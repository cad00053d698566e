import { expect, test } from 'vitest';
import { createLmsCfg, type LmsNode } from '../lms/lms-cfg.ts';
import { linesBetween } from './look-ahead.ts';

/** Nodes by number; links from each of them. */
function cfg(links: readonly (readonly number[])[]) {
  const nodes = links.map((_, id): LmsNode => {
    return {
      id,
      text: '',
      regex: '',
      function: undefined,
      loopStart: false,
      loopEnd: false,
      endSyscalls: [],
    };
  });
  return createLmsCfg({ program: 'p', buildId: undefined, nodes }, links);
}

test('lines left out between two nodes, by the shortest way', () => {
  const ring = cfg([[1], [2], [3, 0], [0]]);
  expect([0, 1, 2, 3].map((to) => linesBetween(ring, 0, to))).toEqual([2, 0, 1, 2]);
  expect([0, 1, 2, 3].map((to) => linesBetween(ring, 3, to))).toEqual([0, 1, 2, 3]);
});

test('what is too far, or behind too many others, is not reached', () => {
  const chain = cfg(Array.from({ length: 20 }, (_, i) => (i < 19 ? [i + 1] : [])));
  expect(linesBetween(chain, 0, 15)).toBe(14);
  expect(linesBetween(chain, 0, 16)).toBeUndefined();
  expect(linesBetween(chain, 5, 4)).toBeUndefined();
  // The first looks at 100 others, and none of the 64 that are looked at leads on.
  const wide = cfg([Array.from({ length: 100 }, (_, i) => i + 1), ...Array(99).fill([]), [101], []]);
  expect(linesBetween(wide, 0, 100)).toBe(0);
  expect(linesBetween(wide, 0, 101)).toBeUndefined();
});
