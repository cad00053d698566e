import { expect, test } from 'vitest';
import { MemberIndex } from './member-index.ts';

test('finds every one of many sets, and none that was not added', () => {
  const sets = Array.from({ length: 5_000 }, (_, n) => [n, n + 1 + (n % 3), 2 * n + 9]);
  const index = new MemberIndex((value) => sets[value]!);
  for (const [value, members] of sets.entries()) {
    expect(index.find(members)).toBeUndefined();
    index.add(value);
  }
  for (const [value, members] of sets.entries()) expect(index.find([...members])).toBe(value);
  expect(index.find([0, 1])).toBeUndefined();
  expect(index.find([])).toBeUndefined();
});
