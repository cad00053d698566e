import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Adjacency } from './adjacency.ts';
import { EdgeCounter } from './edge-count.ts';
import { EdgeRows } from './edge-rows.ts';
import { memorySegment } from './segment-source.ts';

interface Row {
  readonly first: number;
  readonly last: number;
}

const HUB = 5;
const TIME_MAX = 500;
// Enough for a dozen pages, at times so close that segments often hold the same edge.
const ROWS_MIN = 200;
const ROWS_MAX = 600;

// Mostly short edges with a few long ones, so that a page can reach past those behind it.
const DURATION = fc.oneof(
  { weight: 150, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.nat({ max: TIME_MAX }) },
);
const ROW = fc
  .tuple(fc.nat(TIME_MAX), DURATION)
  .map(([first, duration]): Row => ({ first, last: first + duration }));
const SEGMENT = fc.array(ROW, { minLength: ROWS_MIN, maxLength: ROWS_MAX, size: 'max' });

/** The hub between two other vertices, so that its pages do not begin with the chunk. */
function segmentOf(rows: readonly Row[]) {
  const table = new EdgeRows(rows.length * 3);
  for (const vertex of [HUB - 1, HUB, HUB + 1])
    for (const { first, last } of rows) {
      table.vertex[table.length] = vertex;
      table.first[table.length] = BigInt(first);
      table.last[table.length++] = BigInt(last);
    }
  return memorySegment(table);
}

/** All edges have the same ends, so that an edge is known by when it begins; the latest version stands. */
function expected(batches: readonly (readonly Row[])[], since: number, until: number): Row[] {
  const versions = new Map(batches.flat().map((row) => [row.first, row]));
  return [...versions.values()]
    .filter(({ first, last }) => first <= until && last >= since)
    .sort((a, b) => a.first - b.first);
}

interface Range {
  readonly since: number;
  readonly until: number;
  readonly newestFirst: boolean;
}

function findIn(batches: readonly (readonly Row[])[], { since, until, newestFirst }: Range, limit: number) {
  const adjacency = new Adjacency();
  const range = { since: BigInt(since), until: BigInt(until), newestFirst };
  const count = adjacency.find(batches.map(segmentOf), HUB, range, limit);
  const { rows, positions, truncated } = adjacency;
  const found = [...positions.subarray(0, count)].map((row) => ({
    first: Number(rows.first[row]),
    last: Number(rows.last[row]),
  }));
  return { found, truncated };
}

test('any range of a hub is found, from either end, over segments that supersede each other', () => {
  fc.assert(
    fc.property(
      fc.array(SEGMENT, { minLength: 1, maxLength: 3 }),
      fc.nat(TIME_MAX),
      fc.nat(100),
      fc.integer({ min: 1, max: 200 }),
      fc.boolean(),
      (batches, since, span, limit, newestFirst) => {
        const range = { since, until: since + span, newestFirst };
        const { found, truncated } = findIn(batches, range, limit);
        const all = expected(batches, since, since + span);
        if (newestFirst) all.reverse();
        expect(found).toEqual(all.slice(0, limit));
        expect(truncated).toBe(all.length > limit);
      },
    ),
    // Shrinking so many rows takes minutes.
    { numRuns: 300, endOnFailure: true },
  );
});

test('a later version hides an earlier one, also from among a hub’s pages that end before the range', () => {
  const earlier = [{ first: 100, last: 450 }];
  const later = Array.from({ length: TIME_MAX }, (_, first): Row => ({ first, last: first }));
  const range = { since: 410, until: 412, newestFirst: true };
  const wanted = [later[412], later[411], later[410]];
  expect(findIn([earlier, later], range, 50).found).toEqual(wanted);
  expect(findIn([earlier, later], { ...range, newestFirst: false }, 50).found).toEqual(wanted.reverse());
});

test('edges are counted once, however many versions of them there are', () => {
  // Segments that follow each other, lie over each other, or have a moment in common.
  const batch = fc
    .tuple(fc.constantFrom(0, 0, 30, 300, TIME_MAX, 2 * TIME_MAX), SEGMENT)
    .map(([later, rows]) =>
      rows.map(({ first, last }): Row => ({ first: first + later, last: last + later })),
    );
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (batches) => {
      const count = new Set(batches.flat().map(({ first }) => first)).size;
      const segments = batches.map(segmentOf);
      const counter = new EdgeCounter();
      expect(counter.count(segments, HUB, 10_000)).toBe(count);
      expect(counter.count(segments, HUB, 100)).toBe(Math.min(count, 100));
      expect(counter.count(segments, HUB + 2, 100)).toBe(0);
    }),
    { numRuns: 200, endOnFailure: true },
  );
});
