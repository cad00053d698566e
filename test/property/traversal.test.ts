import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edge, EdgeColumns, GraphReader, ScanQuery } from '../../services/core/graph-store.ts';
import { bestPaths, reaching } from '../../services/core/trace/best-paths.ts';
import { trace } from '../../services/core/trace/trace-run.ts';
import { type Direction, edgeKey, endOfTime } from '../../services/core/trace/traversal.ts';
import { memoryReader } from '../fixture/memory-reader.ts';

const edge = fc
  .record({
    from: fc.integer({ min: 0, max: 7 }),
    to: fc.integer({ min: 0, max: 7 }),
    first: fc.integer({ min: 0, max: 30 }),
    lasts: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ from, to, first, lasts }): Edge => {
    const times = { first: BigInt(first), last: BigInt(first + lasts) };
    return { from: `v${from}`, to: `v${to}`, op: 'o', ...times, count: 1, bytes: 0 };
  });
const graph = fc.array(edge, { maxLength: 40, size: 'max' }).map((edges) => {
  const unique = new Map(edges.map((e) => [`${e.from} ${e.to} ${e.first}`, e]));
  return [...unique.values()];
});
const unbounded = { depth_levels_max: 1_000, vertices_max: 1_000, edgesOfVertex_max: 1_000 };

test('a backward trace equals the naive fixpoint', async () => {
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 0, max: 40 }), async (edges, until) => {
      const reader = memoryReader({ vertices: [], edges });
      const traced = await trace(reader, [{ vertex: 'v0', time: BigInt(until) }], 'backward', unbounded);
      const naive = fixpoint(edges, 'v0', BigInt(until), 'backward');
      expect(new Map([...traced.reached].sort())).toEqual(new Map([...naive].sort()));
      for (const e of traced.edges) expect(e.first <= naive.get(e.to)!).toBe(true);
      expect(traced.truncated).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('a forward trace equals the naive fixpoint', async () => {
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 0, max: 40 }), async (edges, from) => {
      const reader = memoryReader({ vertices: [], edges });
      const traced = await trace(reader, [{ vertex: 'v0', time: BigInt(from) }], 'forward', unbounded);
      const naive = fixpoint(edges, 'v0', BigInt(from), 'forward');
      expect(new Map([...traced.reached].sort())).toEqual(new Map([...naive].sort()));
    }),
    { numRuns: 300 },
  );
});

test('every best path goes with time from its cause to the symptom', async () => {
  await fc.assert(
    fc.asyncProperty(graph, async (edges) => {
      const starts = [{ vertex: 'v0', time: endOfTime }];
      const traced = await trace(memoryReader({ vertices: [], edges }), starts, 'backward', unbounded);
      const into = (id: string) => traced.edges.filter((e) => e.to === id);
      const paths = bestPaths(into, starts, () => 1);
      expect([...reaching(into, starts)].sort()).toEqual([...paths.keys()].sort());
      expect([...paths.keys()].sort()).toEqual([...traced.reached.keys()].sort());
      for (const [cause, { steps }] of paths) {
        expect(steps.at(0)?.edge.from ?? 'v0').toBe(cause);
        expect(steps.at(-1)?.edge.to ?? 'v0').toBe('v0');
        let now = -1n;
        for (const [i, { edge: e }] of steps.entries()) {
          if (i > 0) expect(e.from).toBe(steps[i - 1]!.edge.to);
          // The information that arrives at `now` can leave until the edge's last time.
          now = e.first > now ? e.first : now;
          expect(now <= e.last).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('bounds are kept, and said', async () => {
  const chain = Array.from({ length: 20 }, (_, i): Edge => {
    return { from: `v${i + 1}`, to: `v${i}`, op: 'o', first: 1n, last: 1n, count: 1, bytes: 0 };
  });
  const reader = memoryReader({ vertices: [], edges: chain });
  const starts = [{ vertex: 'v0', time: 5n }];
  const shallow = await trace(reader, starts, 'backward', { ...unbounded, depth_levels_max: 3 });
  expect([shallow.reached.size, shallow.truncated?.depth]).toEqual([4, true]);
  const small = await trace(reader, starts, 'backward', { ...unbounded, vertices_max: 5 });
  expect([small.reached.size, small.truncated?.vertices]).toEqual([5, true]);
});

test('no edge of one moment is read twice, however often its vertex is visited', async () => {
  const moment = graph.map((edges) => edges.map((e) => ({ ...e, last: e.first })));
  await fc.assert(
    fc.asyncProperty(
      moment,
      fc.constantFrom<Direction[]>('backward', 'forward'),
      async (edges, direction) => {
        const reader = memoryReader({ vertices: [], edges });
        const seen: string[] = [];
        const counting: GraphReader = {
          ...reader,
          scanInto: async (queries, limit) => noted(seen, queries, await reader.scanInto(queries, limit)),
          scanOutOf: async (queries, limit) => noted(seen, queries, await reader.scanOutOf(queries, limit)),
        };
        const time = direction === 'backward' ? endOfTime : 0n;
        const traced = await trace(counting, [{ vertex: 'v0', time }], direction, unbounded);
        expect(seen.length).toBe(new Set(seen).size);
        expect(traced.edges.length).toBe(seen.length);
      },
    ),
    { numRuns: 200 },
  );
});

test('the same trace comes of edges in any order, within any bound on vertices', async () => {
  const small = { ...unbounded, vertices_max: 4 };
  await fc.assert(
    fc.asyncProperty(graph, async (edges) => {
      const starts = [{ vertex: 'v0', time: endOfTime }];
      const traced = async (some: Edge[]) => {
        const { reached, edges: read } = await trace(
          memoryReader({ vertices: [], edges: some }),
          starts,
          'backward',
          small,
        );
        return [[...reached].sort(), read.map(edgeKey).sort()];
      };
      expect(await traced(edges.toReversed())).toEqual(await traced(edges));
    }),
    { numRuns: 200 },
  );
});

test('a trace whose time is over gives what it has, and says so', async () => {
  const chain = Array.from({ length: 6 }, (_, i): Edge => {
    return { from: `v${i + 1}`, to: `v${i}`, op: 'o', first: 1n, last: 1n, count: 1, bytes: 0 };
  });
  let calls = 0;
  const isOver = (): boolean => ++calls > 2;
  const starts = [{ vertex: 'v0', time: 5n }];
  const bounds = { ...unbounded, isOver };
  const traced = await trace(memoryReader({ vertices: [], edges: chain }), starts, 'backward', bounds);
  expect([...traced.reached.keys()]).toEqual(['v0', 'v1', 'v2']);
  expect([...traced.unread]).toEqual(['v2']);
  expect(traced.truncated).toEqual({ depth: false, vertices: false, hubs: [], deadline: true });
});

function noted(seen: string[], queries: readonly ScanQuery[], answer: EdgeColumns): EdgeColumns {
  for (let row = 0; row < answer.length; row++)
    seen.push([queries[answer.query[row]!]!.vertex, answer.other[row], answer.first[row]].join());
  return answer;
}

function fixpoint(
  edges: readonly Edge[],
  start: string,
  time: bigint,
  direction: 'backward' | 'forward',
): Map<string, bigint> {
  const reached = new Map([[start, time]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const e of edges) {
      const [near, far] = direction === 'backward' ? [e.to, e.from] : [e.from, e.to];
      const at = reached.get(near);
      if (at === undefined || (direction === 'backward' ? e.first > at : e.last < at)) continue;
      const passed = direction === 'backward' ? (e.last < at ? e.last : at) : e.first > at ? e.first : at;
      const known = reached.get(far);
      if (known !== undefined && (direction === 'backward' ? passed <= known : passed >= known)) continue;
      reached.set(far, passed);
      changed = true;
    }
  }
  return reached;
}
