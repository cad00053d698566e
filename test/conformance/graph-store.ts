/**
 * What every store must do, whatever it is made of: the port's words as a suite.
 * Must not know which store it runs on.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  degree_max,
  type Edge,
  frequency_max,
  type GraphReader,
  type GraphStore,
  StoreError,
} from '../../services/core/graph-store.ts';
import { delta, edge, use, vertex } from './deltas.ts';
import { describeLines } from './graph-store-lines.ts';
import { graphStoreProperties } from './graph-store-properties.ts';
import { describeRetention } from './graph-store-retention.ts';
import { scanned } from './scanned.ts';

export interface OpenedStore {
  readonly store: GraphStore;
  /** Closes and opens again what was stored. */
  reopen(): Promise<GraphStore>;
  /** Closes, and removes everything. */
  destroy(): Promise<void>;
}

const ALWAYS = { since: -1_000_000n, until: 1_000_000n };

/** `runs`: how many arbitrary sequences are tried. */
export function graphStoreConformance(name: string, open: () => Promise<OpenedStore>, runs?: number): void {
  describe(`${name} is a graph store`, () => {
    let opened: OpenedStore;
    let store: GraphStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.destroy());
    const reopen = async () => {
      store = await opened.reopen();
    };

    describeVertices(() => store, reopen);
    describeEdges(() => store, reopen);
    describeTheRest(() => store, reopen);
    describeLines(() => store, reopen);
    describeRetention(() => store, reopen);
  });
  graphStoreProperties(name, open, runs);
}

export type Current = () => GraphStore;

function describeVertices(store: Current, reopen: () => Promise<void>): void {
  test('vertices come in the order asked, unknown ones left out', async () => {
    await store().apply(
      delta({ vertices: [vertex('a'), vertex('b', { container: 'c1', properties: { n: 1 } })] }),
    );
    expect(await store().vertices(['b', 'x', 'a', 'b'])).toEqual([
      vertex('b', { container: 'c1', properties: { n: 1 } }),
      vertex('a'),
      vertex('b', { container: 'c1', properties: { n: 1 } }),
    ]);
  });

  test('a later version of a vertex wins, terms unite, the earliest time stays', async () => {
    const first = vertex('a', { time: 5n, terms: ['t:1'], properties: { x: 1, y: 1 }, container: 'c1' });
    const second = vertex('a', { time: 9n, terms: ['t:2', 't:1'], properties: { y: 2 }, label: 'new' });
    await store().apply(delta({ vertices: [first] }));
    await store().apply(delta({ vertices: [second] }));
    const wanted = vertex('a', {
      label: 'new',
      time: 5n,
      terms: ['t:1', 't:2'],
      properties: { x: 1, y: 2 },
      container: 'c1',
    });
    expect(await store().vertices(['a'])).toEqual([wanted]);
    await reopen();
    expect(await store().vertices(['a'])).toEqual([wanted]);
    await store().apply(delta({ vertices: [vertex('a', { label: 'newest', time: 1n })] }));
    expect(await store().vertices(['a'])).toEqual([{ ...wanted, label: 'newest', time: 1n }]);
  });

  test('lookup finds by term, newest first, within the limit', async () => {
    const vertices = [3n, 1n, 2n].map((time) =>
      vertex(`v${time}`, { time, terms: ['pid:12', `path:/etc/${time}`] }),
    );
    await store().apply(delta({ vertices }));
    await store().apply(delta({ vertices: [vertex('v4', { time: 4n, terms: ['pid:123'] })] }));
    expect(await store().lookup('pid:12', 9)).toEqual(['v3', 'v2', 'v1']);
    expect(await store().lookup('pid:12', 2)).toEqual(['v3', 'v2']);
    expect(await store().lookup('pid:1', 9)).toEqual([]);
    expect(await store().lookup('pid:12*', 9)).toEqual(['v4', 'v3', 'v2', 'v1']);
    expect(await store().lookup('path:/etc/*', 2)).toEqual(['v3', 'v2']);
    expect(await store().lookup('*', 1)).toEqual(['v4']);
    await reopen();
    expect(await store().lookup('path:/etc/2', 9)).toEqual(['v2']);
  });

  test('frequencies count the vertices under a term once, as far as they count', async () => {
    const of = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => vertex(`f${from + i}`, { terms: ['exe:/bin/sh', `pid:${i}`] }));
    await store().apply(delta({ vertices: of(0, 3) }));
    await reopen();
    await store().apply(delta({ vertices: of(2, 2) }));
    const asked = ['exe:/bin/sh', 'pid:1', 'exe:/bin', 'exe:*'];
    expect(await store().frequencies(asked)).toEqual([4, 2, 0, 0]);
    await store().apply(delta({ vertices: of(0, 200) }));
    expect(await store().frequencies(asked)).toEqual([frequency_max, 2, 0, 0]);
    await reopen();
    expect(await store().frequencies([...asked, asked[0]!])).toEqual([frequency_max, 2, 0, 0, frequency_max]);
  });

  test('lookup goes by the time a vertex has now', async () => {
    await store().apply(
      delta({ vertices: [vertex('a', { time: 9n, terms: ['t'] }), vertex('b', { time: 5n, terms: ['t'] })] }),
    );
    await reopen();
    await store().apply(delta({ vertices: [vertex('a', { time: 1n })] }));
    expect(await store().lookup('t', 1)).toEqual(['b']);
  });

  test('all vertices come in id order', async () => {
    const ids = ['b', 'a', 'é', 'Z', 'a:1'];
    await store().apply(delta({ vertices: ids.map((id) => vertex(id)) }));
    expect((await collect(store().allVertices())).map(({ id }) => id)).toEqual(['Z', 'a', 'a:1', 'b', 'é']);
  });
}

function describeEdges(store: Current, reopen: () => Promise<void>): void {
  const vertices = ['a', 'b', 'c'].map((id) => vertex(id));
  const into = async (since: bigint, until: bigint, limit = 99) =>
    (await store().edgesInto([{ vertex: 'b', since, until }], limit)).edges.map(({ first }) => first);
  const outOf = async (since: bigint, until: bigint, limit = 99) =>
    (await store().edgesOutOf([{ vertex: 'a', since, until }], limit)).edges.map(({ first }) => first);

  test('an edge comes back as it was given, whatever its numbers', async () => {
    const edges = [
      edge('a', 'b', 1_700_000_000_123_456_789n, {
        last: 1_700_000_000_123_456_790n,
        count: 7,
        bytes: 2 ** 45,
      }),
      edge('a', 'b', -(2n ** 62n), { last: 2n ** 62n, count: 2 ** 33 }),
      edge('a', 'a', 0n, { op: 'a rather unusual operation' }),
    ];
    await store().apply(delta({ vertices, edges }));
    const wanted = [edges[2], edges[1], edges[0]];
    expect(await collect(store().allEdges())).toEqual(wanted);
    await reopen();
    expect(await collect(store().allEdges())).toEqual(wanted);
  });

  test('time ranges: into is open at since, out of is open at until', async () => {
    const edges = [edge('a', 'b', 10n, { last: 20n }), edge('a', 'b', 30n, { last: 40n })];
    await store().apply(delta({ vertices, edges }));
    expect(await into(20n, 30n)).toEqual([30n]);
    expect(await into(19n, 29n)).toEqual([10n]);
    expect(await into(0n, 9n)).toEqual([]);
    expect(await into(40n, 99n)).toEqual([]);
    expect(await outOf(20n, 30n)).toEqual([10n]);
    expect(await outOf(20n, 31n)).toEqual([10n, 30n]);
    expect(await outOf(21n, 30n)).toEqual([]);
  });

  test('into comes newest first, out of oldest first, both within the limit and saying so', async () => {
    const edges = [2n, 1n, 3n].map((first) => edge('a', 'b', first));
    await store().apply(delta({ vertices, edges: [...edges, edge('c', 'a', 1n)] }));
    expect(await into(0n, 9n)).toEqual([3n, 2n, 1n]);
    expect(await into(0n, 9n, 2)).toEqual([3n, 2n]);
    expect(await outOf(0n, 9n)).toEqual([1n, 2n, 3n]);
    const queries = ['b', 'a', 'nobody'].map((id) => ({ vertex: id, ...ALWAYS }));
    const two = await store().edgesInto(queries, 2);
    expect(two.edges.map(({ to, first }) => [to, first])).toEqual([
      ['b', 3n],
      ['b', 2n],
      ['a', 1n],
    ]);
    expect(two.truncated).toEqual(['b']);
    expect((await store().edgesInto(queries, 3)).truncated).toEqual([]);
    expect((await store().edgesOutOf([{ vertex: 'a', ...ALWAYS }], 1)).truncated).toEqual(['a']);
  });

  test('scans by numbers say what queries by ids say, in the order asked', async () => {
    const edges = [2n, 1n, 3n].map((first) => edge('a', 'b', first, { op: `op${first}`, bytes: 9 }));
    await store().apply(delta({ vertices, edges: [...edges, edge('c', 'a', 1n)] }));
    const queries = ['b', 'nobody', 'a', 'c'].map((id) => ({ vertex: id, ...ALWAYS }));
    expect(await store().numbersOf(['nobody'])).toEqual([undefined]);
    for (const limit of [2, 9]) {
      expect(await scanned(store(), 'into', queries, limit)).toEqual(await store().edgesInto(queries, limit));
      expect(await scanned(store(), 'outOf', queries, limit)).toEqual(
        await store().edgesOutOf(queries, limit),
      );
    }
    const ids = ['b', 'a', 'b'];
    const numbers = (await store().numbersOf(ids)).map((number) => number!);
    expect(await store().idsOf(numbers)).toEqual(ids);
    expect(await store().verticesOf(numbers)).toEqual(await store().vertices(ids));
    expect(await store().degreesOf(numbers)).toEqual(await store().degrees(ids));
    const [number] = numbers;
    await store().apply(delta({ vertices: [vertex('0')], edges: [edge('0', 'b', 4n)] }));
    expect(await store().numbersOf(['b'])).toEqual([number]);
    expect((await scanned(store(), 'into', queries, 1)).edges[0]).toEqual(edge('0', 'b', 4n));
  });

  test('a later version of an edge supersedes, also where only the earlier one lies in the range', async () => {
    await store().apply(delta({ vertices, edges: [edge('a', 'b', 10n, { last: 90n, count: 5 })] }));
    await reopen();
    await store().apply(delta({ edges: [edge('a', 'b', 10n, { last: 20n, count: 2 })] }));
    expect(await into(0n, 99n)).toEqual([10n]);
    expect(await into(50n, 99n)).toEqual([]);
    expect(await outOf(50n, 99n)).toEqual([]);
    expect((await collect(store().allEdges())).map(({ count }) => count)).toEqual([2]);
    expect((await store().counts()).edges).toBe(1);
    expect(await store().degrees(['a'])).toEqual([{ into: 0, outOf: 1 }]);
    await reopen();
    expect(await store().degrees(['a'])).toEqual([{ into: 0, outOf: 1 }]);
    expect(await into(50n, 99n)).toEqual([]);
    expect((await store().counts()).edges).toBe(1);
  });

  test('edges of one moment with other ends or operations are different edges', async () => {
    const edges = [edge('a', 'b', 1n), edge('a', 'c', 1n), edge('a', 'b', 1n, { op: 'read' })];
    await store().apply(delta({ vertices, edges }));
    expect(await collect(store().allEdges())).toEqual([edges[2], edges[0], edges[1]]);
    expect((await store().degrees(['a', 'b', 'nobody'])).map(({ into: i, outOf: o }) => [i, o])).toEqual([
      [0, 3],
      [2, 0],
      [0, 0],
    ]);
  });

  test('a hub gives the range asked for, in order, over many batches and in any order of arrival', async () => {
    const times = Array.from({ length: 3000 }, (_, i) => BigInt((i * 1237) % 3000));
    for (let at = 0; at < times.length; at += 500) {
      const edges = times.slice(at, at + 500).map((first) => edge('a', 'b', first, { last: first + 5n }));
      await store().apply(delta({ vertices, edges }));
      if (at === 1000) await reopen();
    }
    expect(await into(1004n, 1010n)).toEqual([
      1010n,
      1009n,
      1008n,
      1007n,
      1006n,
      1005n,
      1004n,
      1003n,
      1002n,
      1001n,
      1000n,
    ]);
    expect(await outOf(2000n, 2003n)).toEqual([1995n, 1996n, 1997n, 1998n, 1999n, 2000n, 2001n, 2002n]);
    expect((await into(0n, 2999n, 2999)).length).toBe(2999);
    expect((await store().counts()).edges).toBe(3000);
    expect(await store().degrees(['b'])).toEqual([{ into: 3000, outOf: 0 }]);
    const more = Array.from({ length: 2000 }, (_, i) => edge('c', 'b', BigInt(i), { last: BigInt(i) }));
    await store().apply(delta({ vertices, edges: more }));
    expect(await store().degrees(['b'])).toEqual([{ into: degree_max, outOf: 0 }]);
  });

  test('an edge without its vertices is refused, and nothing of its delta is kept', async () => {
    await store().apply(delta({ vertices }));
    const bad = delta({
      vertices: [vertex('new', { terms: ['t'] }), vertex('a', { label: 'changed' })],
      edges: [edge('a', 'new', 1n), edge('a', 'nobody', 1n)],
      state: new Map([['k', 'v']]),
      positions: new Map([['s', 1n]]),
    });
    const good = delta({ edges: [edge('a', 'b', 5n)] });
    const [refused, kept] = await Promise.allSettled([store().apply(bad), store().apply(good)]);
    expect(refused.status).toBe('rejected');
    expect(kept.status).toBe('fulfilled');
    expect(await store().vertices(['new', 'a'])).toEqual([vertex('a')]);
    expect(await store().lookup('t', 9)).toEqual([]);
    expect(await collect(store().allEdges())).toEqual([edge('a', 'b', 5n)]);
    expect((await store().state()).size + (await store().positions()).size).toBe(0);
  });
}

function describeTheRest(store: Current, reopen: () => Promise<void>): void {
  test('applying a delta again changes nothing', async () => {
    const whole = delta({
      vertices: [vertex('a', { terms: ['t'] }), vertex('b')],
      edges: [edge('a', 'b', 1n)],
      uses: [use('t1', 1n, 'x')],
      gaps: [{ stream: 's', host: 'h', from: 1n, until: 2n, missing: 3, reason: 'lost' }],
      state: new Map([['k', 'v']]),
      positions: new Map([['s', 2n]]),
    });
    await store().apply(whole);
    const before = await contents(store());
    await store().apply(whole);
    expect(await contents(store())).toEqual(before);
    await reopen();
    await store().apply(whole);
    expect(await contents(store())).toEqual(before);
    expect(before.counts).toEqual([2, 1, 1]);
  });

  test('positions and state are kept, replaced and deleted', async () => {
    const state = new Map<string, string | undefined>([
      ['a', '{"x":1}'],
      ['b', 'é'.repeat(9000)],
    ]);
    await store().apply(
      delta({
        state,
        positions: new Map([
          ['s1', 7n],
          ['s2', 2n ** 63n],
        ]),
      }),
    );
    await reopen();
    expect(await store().state()).toEqual(state);
    expect(await store().positions()).toEqual(
      new Map([
        ['s1', 7n],
        ['s2', 2n ** 63n],
      ]),
    );
    await store().apply(
      delta({
        state: new Map([
          ['a', undefined],
          ['b', '2'],
        ]),
        positions: new Map([['s1', 8n]]),
      }),
    );
    expect(await store().state()).toEqual(new Map([['b', '2']]));
    expect((await store().positions()).get('s1')).toBe(8n);
  });

  test('uses of a template come newest first, before the time asked', async () => {
    const uses = [use('t1', 3n, 'x', 'y'), use('t1', 1n), use('t2', 2n), use('t1', 2n, ''), use('t1', 2n)];
    await store().apply(delta({ vertices: [vertex('p')], uses }));
    expect((await store().usesOf('t1', 3n, 9)).map(({ time }) => time)).toEqual([2n, 2n, 1n]);
    expect(await store().usesOf('t1', 4n, 1)).toEqual([uses[0]]);
    await reopen();
    expect(await store().usesOf('t2', 99n, 9)).toEqual([uses[2]]);
    expect(await store().usesOf('t', 99n, 9)).toEqual([]);
    expect((await store().counts()).uses).toBe(5);
  });

  test('gaps are found by the range they touch', async () => {
    const gap = {
      stream: 's',
      host: 'h',
      from: 10n,
      until: 20n,
      missing: undefined,
      reason: 'agent stopped',
    };
    await store().apply(delta({ gaps: [gap, { ...gap, from: 15n, missing: 4 }] }));
    expect(await store().gaps(20n, 30n)).toEqual([gap, { ...gap, from: 15n, missing: 4 }]);
    expect(await store().gaps(0n, 14n)).toEqual([gap]);
    expect(await store().gaps(21n, 30n)).toEqual([]);
  });

  test('deltas that arrive together are all kept, in the order given', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `v${i}`);
    await Promise.all(
      ids.map((id, i) =>
        store().apply(delta({ vertices: [vertex(id)], state: new Map([['last', String(i)]]) })),
      ),
    );
    expect((await store().counts()).vertices).toBe(40);
    expect((await store().state()).get('last')).toBe('39');
  });

  test('a closed store answers with an error of its own', async () => {
    await store().close();
    for (const attempt of [store().lookup('x', 1), store().apply(delta()), store().counts(), store().state()])
      await expect(attempt).rejects.toThrow(StoreError);
    await reopen();
  });
}

/** Everything a store says, for comparison. */
export async function contents(store: GraphReader & Partial<GraphStore>) {
  const counts = await store.counts();
  return {
    vertices: await collect(store.allVertices()),
    edges: await collect(store.allEdges()),
    counts: [counts.vertices, counts.edges, counts.uses],
    gaps: await store.gaps(-(2n ** 62n), 2n ** 62n),
    state: await store.state?.(),
    positions: await store.positions?.(),
  };
}

async function collect<T extends Edge | object>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
