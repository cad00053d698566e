/** Retention against the slow truth: bounds of all pairs in the window, before and after. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptGraph, type TimedGraph } from '../../services/core/retention/kept-graph.ts';

const vertices_max = 7;
const time_max = 20;

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly first: bigint;
  readonly last: bigint;
}

const vertex = fc.nat({ max: vertices_max - 1 });
const arc: fc.Arbitrary<Arc> = fc
  .record({
    from: vertex,
    to: vertex,
    first: fc.nat({ max: time_max }),
    lasts: fc.constantFrom(0, 0, 0, 1, 5, 12),
  })
  .map(({ from, to, first, lasts }) => ({ from, to, first: BigInt(first), last: BigInt(first + lasts) }));

function columns(arcs: readonly Arc[]): TimedGraph {
  return {
    vertices: vertices_max,
    from: Uint32Array.from(arcs, ({ from }) => from),
    to: Uint32Array.from(arcs, ({ to }) => to),
    first: BigInt64Array.from(arcs, ({ first }) => first),
    last: BigInt64Array.from(arcs, ({ last }) => last),
  };
}

/** Of each vertex the latest time by which a trace backward from `start` up to `time` comes to it. */
function backward(arcs: readonly Arc[], start: number, time: bigint): Map<number, bigint> {
  const bounds = new Map([[start, time]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to, first, last } of arcs) {
      const bound = bounds.get(to);
      if (bound === undefined || first > bound) continue;
      const reached = last < bound ? last : bound;
      if ((bounds.get(from) ?? -1n) >= reached) continue;
      bounds.set(from, reached);
      changed = true;
    }
  }
  return bounds;
}

const graphs = fc.record({
  arcs: fc.array(arc, { minLength: 1, maxLength: 40 }),
  since: fc.bigInt({ min: 0n, max: BigInt(time_max + 5) }),
  held: fc.uniqueArray(vertex, { maxLength: 3 }),
});

test('each vertex of the window reaches each other as before, by the same times; nothing is added', () => {
  fc.assert(
    fc.property(graphs, ({ arcs, since, held }) => {
      const kept = keptGraph(
        columns(arcs),
        since,
        Uint8Array.from({ length: vertices_max }, (_, v) => +held.includes(v)),
      );
      const left = arcs.filter((_, e) => kept.edges[e] === 1);
      const window = new Set([
        ...held,
        ...arcs.filter(({ last }) => last >= since).flatMap(({ from, to }) => [from, to]),
      ]);
      for (const e of arcs) if (e.last >= since) expect(left).toContain(e);
      for (const { from, to } of left) expect([kept.vertices[from], kept.vertices[to]]).toEqual([1, 1]);
      for (const v of window) expect(kept.vertices[v]).toBe(1);
      for (const start of window)
        for (const time of [since, since + 1n, since + 3n, since + 40n]) {
          const of = (bounds: Map<number, bigint>) =>
            [...bounds].filter(([v]) => window.has(v)).sort((a, b) => a[0] - b[0]);
          expect(of(backward(left, start, time))).toEqual(of(backward(arcs, start, time)));
        }
    }),
    { numRuns: 3_000 },
  );
});

test('of a thousand jobs that did the same, one is left to say so; what led nowhere is gone', () => {
  const library = 0;
  const log = 1;
  const jobs = 1_000;
  const arcs: Arc[] = [];
  for (let job = 0; job < jobs; job++) {
    const time = BigInt(job * 10);
    const process = 2 + 2 * job;
    arcs.push({ from: library, to: process, first: time, last: time });
    arcs.push({ from: process, to: log, first: time + 1n, last: time + 1n });
    arcs.push({ from: process, to: process + 1, first: time + 2n, last: time + 2n });
  }
  const vertices = 2 + 2 * jobs;
  const held = new Uint8Array(vertices);
  held[library] = 1;
  held[log] = 1;
  const kept = keptGraph({ ...columns(arcs), vertices }, 1_000_000n, held);
  const left = arcs.filter((_, e) => kept.edges[e] === 1);
  expect(left).toEqual([arcs.at(-3), arcs.at(-2)]);
  expect(kept.vertices.reduce((sum, one) => sum + one, 0)).toBe(3);
});
