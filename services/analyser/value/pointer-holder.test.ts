import { expect, test } from 'vitest';
import { HELD_MAX, HeldPlaces } from './held-places.ts';
import { PointerHolder } from './pointer-holder.ts';

/** Some share all their bits but the lowest, others all but the highest. */
const functions = Array.from({ length: HELD_MAX }, (_, i) => (i % 2 === 0 ? i : i << 12));

test('holds each function once, in the order in which they came, and remembers which are its own', () => {
  const places = new HeldPlaces();
  const other = new PointerHolder(0, false, places);
  const holder = new PointerHolder(1, false, places);
  for (const fn of functions) {
    expect(holder.owns(fn)).toBe(false);
    expect(holder.hold(fn, false)).toBe(true);
    expect(holder.hold(fn, false)).toBe(false);
    expect(other.hold(fn + 1, true)).toBe(true);
  }
  expect(holder.held).toEqual(functions.map((fn) => 2 * fn));
  expect(other.held).toEqual(functions.map((fn) => 2 * fn + 3));
  for (const fn of functions) expect(holder.owns(fn)).toBe(false);
  for (const fn of functions) expect(other.owns(fn + 1)).toBe(true);
});

test('a function becomes its own later, where it stands', () => {
  const holder = new PointerHolder(0, false, new HeldPlaces());
  for (const fn of functions.slice(1)) holder.hold(fn, false);
  const last = functions.at(-1)!;
  expect(holder.hold(last, true)).toBe(true);
  expect(holder.hold(last, true)).toBe(false);
  expect(holder.owns(last)).toBe(true);
  expect(holder.held.at(-1)).toBe(2 * last + 1);
});

test('one with too many is left with what was put there, and takes that alone', () => {
  const holder = new PointerHolder(0, false, new HeldPlaces());
  holder.keep(functions[3]!);
  for (const fn of functions) holder.hold(fn, true);
  expect(holder.saturated).toBe(false);
  expect(holder.hold(5_000_001, true)).toBe(false);
  expect(holder.saturated).toBe(true);
  expect(holder.held).toEqual([2 * functions[3]!]);
  holder.keep(7);
  holder.keep(7);
  expect(holder.hold(functions[8]!, true)).toBe(false);
  expect(holder.held).toEqual([2 * functions[3]!, 14]);
});
