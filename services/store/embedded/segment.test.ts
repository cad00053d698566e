import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EdgeRows } from './edge-rows.ts';
import { eachEdge } from './segment-cursor.ts';
import { memorySegment } from './segment-source.ts';

type Row = [
  vertex: number,
  other: number,
  op: number,
  first: bigint,
  duration: bigint,
  count: number,
  bytes: number,
];

const TIME = fc.oneof(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }));
const ROW: fc.Arbitrary<Row> = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xfffffffe })),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0, max: 0xffff }),
  TIME,
  fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 61n })),
  fc.maxSafeNat(),
  fc.maxSafeNat(),
);

function rowsOf(rows: readonly Row[]): EdgeRows {
  const table = new EdgeRows(rows.length);
  for (const [at, [vertex, other, op, first, duration, count, bytes]] of rows.entries()) {
    table.vertex[at] = vertex;
    table.other[at] = other;
    table.op[at] = op;
    table.first[at] = first;
    table.last[at] = first + duration;
    table.count[at] = count;
    table.bytes[at] = bytes;
  }
  table.length = rows.length;
  return table;
}

function unpacked(batches: readonly (readonly Row[])[]): Row[] {
  const found: Row[] = [];
  eachEdge(
    batches.map((rows) => memorySegment(rowsOf(rows))),
    (rows, at) => {
      const first = rows.first[at]!;
      const duration = rows.last[at]! - first;
      found.push([
        rows.vertex[at]!,
        rows.other[at]!,
        rows.op[at]!,
        first,
        duration,
        rows.count[at]!,
        rows.bytes[at]!,
      ]);
      return true;
    },
  );
  return found;
}

/** In segment order, of each identity the last. */
function expected(rows: readonly Row[]): Row[] {
  const kept = new Map(rows.map((row) => [row.slice(0, 4).join(), row]));
  return [...kept.values()].sort(
    (a, b) => a[0] - b[0] || Number(a[3] > b[3]) - Number(a[3] < b[3]) || a[1] - b[1] || a[2] - b[2],
  );
}

test('packing and merging any rows gives them back in order, the latest version of each', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ROW, { maxLength: 60 }), { maxLength: 4 }), (batches) => {
      expect(unpacked(batches)).toEqual(expected(batches.flat()));
    }),
    { numRuns: 300 },
  );
});

test('a hub of many chunks and far times keeps every row', () => {
  const rows = Array.from({ length: 20_000 }, (_, i): Row => {
    const far = i % 5000 === 0 ? 2n ** 60n * BigInt(i / 5000) : 0n;
    return [
      7,
      i,
      i % 9,
      far + BigInt((i * 7919) % 20_000),
      BigInt(i % 3) * 2n ** 55n,
      1 + (i % 2),
      i % 2 ? 2 ** 50 : 0,
    ];
  });
  expect(unpacked([rows])).toEqual(expected(rows));
});
