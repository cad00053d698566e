import { describe, expect, test } from 'vitest';
import { memoryReader } from '../../../../test/fixture/memory-reader.ts';
import { type Clock, theft, twoHosts } from '../../../../test/fixture/two-hosts.ts';
import { rankRootCauses } from '../root-causes.ts';
import { trace } from '../trace-run.ts';
import { TraceView } from '../trace-view.ts';
import { endOfTime } from '../traversal.ts';
import { agreedInterval } from './agreed-interval.ts';
import { estimateClocks } from './estimate-clocks.ts';
import type { HostClocks } from './host-clocks.ts';

const bounds = { depth_levels_max: 24, vertices_max: 5_000, edgesOfVertex_max: 1_000 };
const start = 1_700_000_000_000_000_000n;
const ns_per_s = 1_000_000_000n;
const exact: Clock = (t) => t;
const shifted =
  (by_s: bigint): Clock =>
  (t) =>
    t + by_s * ns_per_s;
/** So many parts of a million. */
const drifting =
  (ppm: bigint, by_s = 0n): Clock =>
  (t) =>
    t + by_s * ns_per_s + ((t - start) * ppm) / 1_000_000n;

async function causes(web: Clock, app: Clock) {
  const graph = twoHosts(web, app);
  const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [...graph.edges.values()] });
  const clocks = await estimateClocks(reader);
  const starts = (await reader.lookup(`addr:${theft.symptom}`, 9)).map((vertex) => ({
    vertex,
    time: endOfTime,
  }));
  const traced = await trace(reader, starts, 'backward', bounds, clocks);
  const ranked = rankRootCauses(new TraceView(traced, graph.vertices), starts);
  const path = ranked[0]!.path.steps.map(({ edge }) => graph.vertices.get(edge.to)!.label);
  return { labels: ranked.map((c) => c.vertex.label), path, clocks };
}

describe('causes across hosts whose clocks differ', () => {
  test.each([
    ['five seconds ahead', shifted(5n), exact],
    ['five seconds behind', shifted(-5n), exact],
    ['the other five seconds ahead', exact, shifted(5n)],
    ['ten seconds apart', shifted(-5n), shifted(5n)],
    ['drifting by 200 ppm', exact, drifting(200n)],
    ['drifting both ways, from five seconds behind', drifting(-150n), drifting(200n, -5n)],
  ])('%s: the same as with one clock', async (_name, web, app) => {
    const together = await causes(exact, exact);
    const apart = await causes(web, app);
    expect(together.labels[0]).toBe(theft.cause);
    expect(apart.labels).toEqual(together.labels);
    expect(apart.path).toEqual(together.path);
  });

  test('without the estimate the cause is not found: it is what finds it', async () => {
    const graph = twoHosts(exact, shifted(-5n));
    const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [...graph.edges.values()] });
    const starts = (await reader.lookup(`addr:${theft.symptom}`, 9)).map((vertex) => {
      return { vertex, time: endOfTime };
    });
    const traced = await trace(reader, starts, 'backward', bounds);
    const labels = rankRootCauses(new TraceView(traced, graph.vertices), starts).map((c) => c.vertex.label);
    expect(labels).not.toContain(theft.cause);
  });

  test('the estimate holds the truth within its error, and the error is less than a round trip', async () => {
    const { clocks } = await causes(exact, drifting(200n, -5n));
    for (const after of [0n, 20n, 35n, 69n]) {
      const now = start + after * ns_per_s;
      const away = clocks.toReference('web', now) - clocks.toReference('app', drifting(200n, -5n)(now));
      const error = errorOf(clocks);
      expect(away < 0n ? -away : away).toBeLessThanOrEqual(error);
      expect(error).toBeLessThan(1_000_000n);
    }
  });
});

function errorOf(clocks: HostClocks): bigint {
  return clocks.all.reduce((sum, { host }) => sum + clocks.errorOf(host), 0n);
}

test('most intervals decide, and of as many the narrowest', () => {
  const interval = (low: number, high: number) => ({ low, high });
  expect(agreedInterval([])).toBeUndefined();
  expect(agreedInterval([interval(1, 9), interval(4, 12), interval(-50, -40)])).toEqual({
    low: 4,
    high: 9,
    votes: 2,
  });
  expect(agreedInterval([interval(0, 10), interval(20, 21)])).toEqual({ low: 20, high: 21, votes: 1 });
  expect(agreedInterval([interval(0, 5), interval(5, 9)])).toEqual({ low: 5, high: 5, votes: 2 });
});
