import { expect, test } from 'vitest';
import { Atom, NOTHING, STALE, UNKNOWN, ValueTable } from './value-table.ts';

/** The constants of the union, `?` where it may hold anything. */
function check(sets: readonly (readonly number[])[], expected: readonly (number | string)[]): void {
  const values = new ValueTable();
  const made = sets.map((set) =>
    set.reduce((all, n) => values.union(all, n < 0 ? UNKNOWN : values.constant(n)), NOTHING),
  );
  const union = made.reduce((all, one) => values.union(all, one), NOTHING);
  const backwards = made.reduceRight((all, one) => values.union(all, one), NOTHING);
  expect(backwards).toBe(union);
  expect(values.members(union).map((atom) => (atom === UNKNOWN ? '?' : values.a(atom)))).toEqual(expected);
}

test.each([
  ['nothing', [], []],
  ['the same twice', [[1], [1]], [1]],
  [
    'two sets',
    [
      [1, 2],
      [2, 3],
    ],
    [1, 2, 3],
  ],
  ['with something unknown', [[1], [-1]], ['?', 1]],
  ['as many as are kept', [Array.from({ length: 24 }, (_, i) => i)], Array.from({ length: 24 }, (_, i) => i)],
  ['one more', [Array.from({ length: 25 }, (_, i) => i)], ['?']],
])('%s', (_name, sets, expected) => check(sets, expected));

test('equal atoms have equal numbers, and a leftover joins as unknown', () => {
  const values = new ValueTable();
  expect(values.atom(Atom.element, 8, 16)).toBe(values.atom(Atom.element, 8, 16));
  expect(values.atom(Atom.element, 8, 16)).not.toBe(values.atom(Atom.element, 8));
  expect(values.union(STALE, values.constant(1))).toBe(values.union(UNKNOWN, values.constant(1)));
});

test('a loop that steps along an array stays in it', () => {
  const values = new ValueTable();
  const table = values.constant(0x5000);
  const walk = values.unionOfSteps(table, values.constant(0x5010));
  expect(walk).toBe(values.union(table, values.atom(Atom.within, 0x5000, 16)));
  const next = values.union(values.constant(0x5010), values.atom(Atom.within, 0x5010, 16));
  expect(values.unionOfSteps(walk, next)).toBe(walk);
  const argument = values.atom(Atom.argument, 0);
  expect(values.unionOfSteps(argument, values.atom(Atom.beyond, argument, 24))).toBe(argument);
  expect(values.unionOfSteps(values.constant(1), values.constant(2))).toBe(
    values.union(values.constant(1), values.constant(2)),
  );
});
