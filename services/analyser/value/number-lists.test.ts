import { expect, test } from 'vitest';
import { AtomList } from './atom-list.ts';
import { NumberLists } from './number-lists.ts';
import { PairNumbers } from './pair-numbers.ts';
import { PairSet } from './pair-set.ts';
import { LocationPlaces } from './structure/location-places.ts';

/** Numbers that repeat, and some that do not. */
const numbers = Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 3_001);

test('lists keep what was appended to each, in its order, also while they are gone through', () => {
  const lists = new NumberLists();
  const expected = new Map<number, number[]>();
  for (const [i, key] of numbers.entries()) {
    lists.append(key, i - 5);
    expected.set(key, [...(expected.get(key) ?? []), i - 5]);
  }
  for (const [key, values] of expected) expect(lists.list(key)).toEqual(values);
  expect(lists.list(1e6)).toEqual([]);
  const met: number[] = [];
  for (let entry = lists.first(0); entry !== 0; entry = lists.next(entry)) {
    met.push(lists.value(entry));
    if (met.length === 1) lists.append(0, 77);
  }
  expect(met).toEqual([...expected.get(0)!, 77]);
});

test('a set of pairs has each once, whatever their signs and order', () => {
  const pairs = new PairSet();
  const expected = new Set<string>();
  for (const [i, a] of numbers.entries()) {
    const b = (i % 11) - 5;
    expect(pairs.has(a, b)).toBe(expected.has(`${a} ${b}`));
    expect(pairs.add(a, b)).toBe(!expected.has(`${a} ${b}`));
    expected.add(`${a} ${b}`);
  }
  expect(pairs.has(0, 9)).toBe(false);
});

test('a pair keeps the number that it was given, whatever its sign', () => {
  const pairs = new PairNumbers();
  const expected = new Map<string, number>();
  for (const [i, a] of numbers.entries()) {
    const b = (i % 11) - 5;
    const known = expected.get(`${a} ${b}`);
    expect(pairs.get(a, b)).toBe(known);
    if (known !== undefined) continue;
    pairs.add(a, b, i - 7);
    expected.set(`${a} ${b}`, i - 7);
  }
  expect(pairs.get(0, 9)).toBeUndefined();
});

test('locations get places in the order in which they come, however large', () => {
  const places = new LocationPlaces();
  const locations = [...new Set(numbers)].flatMap((n) => [n - 1, 2 ** 50 + n * 2 ** 13, 2 ** 51 + n]);
  for (const [i, location] of locations.entries()) expect(places.place(location)).toBe(i);
  for (const [i, location] of locations.entries()) {
    expect(places.place(location)).toBe(i);
    expect(places.location(i)).toBe(location);
  }
  expect(places.count).toBe(locations.length);
});

test('atoms and sets are numbered together, and an atom is found again', () => {
  const atoms = new AtomList();
  const made = [...new Set(numbers)].map((n) => {
    if (n % 10 === 0) atoms.addSet();
    return [n % 13, n - 1_500, n % 7 === 0 ? 2 ** 40 + n : 0] as const;
  });
  const first = made.map(([kind, a, b]) => atoms.find(kind, a, b));
  expect(new Set(first).size).toBe(made.length);
  for (const [i, [kind, a, b]] of made.entries()) {
    expect(atoms.find(kind, a, b)).toBe(first[i]);
    expect([atoms.kind(first[i]!), atoms.a(first[i]!), atoms.b(first[i]!)]).toEqual([kind, a, b]);
  }
  expect(atoms.kind(atoms.addSet())).toBe(-1);
});
