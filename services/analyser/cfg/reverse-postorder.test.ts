import { expect, test } from 'vitest';
import { reversePostorder } from './reverse-postorder.ts';

function check(successors: readonly (readonly number[])[], expected: readonly number[]): void {
  const { order, place } = reversePostorder(successors);
  expect(order).toEqual(expected);
  expect([...place]).toEqual(successors.map((_, block) => expected.indexOf(block)));
}

test.each([
  ['one block', [[]], [0]],
  ['a diamond', [[1, 2], [3], [3], []], [0, 2, 1, 3]],
  ['a loop', [[1], [2, 3], [1], []], [0, 1, 3, 2]],
  ['a block that nothing leads to', [[2], [2], []], [0, 2]],
])('%s', (_name, successors, expected) => check(successors, expected));
