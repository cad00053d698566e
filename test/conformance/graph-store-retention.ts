/** What every store removes when asked to, and what it does not. */
import { expect, test } from 'vitest';
import type { GraphReader, GraphStore } from '../../services/core/graph-store.ts';
import { delta, edge, logLine, use, vertex } from './deltas.ts';

const gap = { stream: 's', host: 'h', missing: 1, reason: 'lost' };
const since = 1_000n;

/** A tool and a log of today; jobs of long ago that read the one and wrote the other; and something that led nowhere. */
function history() {
  const vertices = ['tool', 'log', 'job1', 'job2', 'orphan', 'running', 'today'].map((id) =>
    vertex(id, { time: id === 'today' ? 2_000n : 1n, terms: [`path:/${id}`, 'name:all'] }),
  );
  const edges = [
    edge('tool', 'job1', 10n),
    edge('job1', 'log', 11n),
    edge('tool', 'job2', 20n),
    edge('job2', 'log', 21n),
    edge('job2', 'orphan', 22n),
    edge('tool', 'log', 1_500n),
    edge('log', 'today', 2_000n),
  ];
  return delta({
    vertices,
    edges,
    uses: [
      { ...use('t', 5n, 'old'), place: { stream: 's', number: 1, count: 1 } },
      { ...use('t', 1_001n, 'new'), place: { stream: 's', number: 2, count: 1 } },
    ],
    gaps: [
      { ...gap, from: 1n, until: 2n },
      { ...gap, from: 900n, until: 1_100n },
    ],
    state: new Map([['process h/1', '{"id":"running"}']]),
    positions: new Map([['s', 7n]]),
  });
}

export function describeRetention(store: () => GraphStore, reopen: () => Promise<void>): void {
  test('what is older goes, but not what is in hand, nor what says how things of today came about', async () => {
    await store().apply(delta({ lines: [logLine(1, 'old\n')] }));
    await store().apply({
      ...history(),
      lines: [logLine(2, 'new\n')],
      vertices: [...history().vertices, vertex('t', { kind: 'template', time: 2_000n })],
    });
    const removed = await store().retain(since);
    // The later of the jobs tells what the earlier one does.
    expect(removed).toEqual({ vertices: 2, edges: 3, uses: 1, lines: 1, gaps: 1 });
    for (const look of ['at once', 'after opening again']) {
      if (look !== 'at once') await reopen();
      expect(await ids(store())).toEqual(['job2', 'log', 'running', 't', 'today', 'tool']);
      expect(await store().lookup('path:/job1', 9)).toEqual([]);
      expect((await store().lookup('name:all', 9)).sort()).toEqual([
        'job2',
        'log',
        'running',
        'today',
        'tool',
      ]);
      const { edges } = await store().edgesInto([{ vertex: 'log', since: 0n, until: 5_000n }], 9);
      expect(edges.map(({ from, first }) => [from, first])).toEqual([
        ['tool', 1_500n],
        ['job2', 21n],
      ]);
      expect((await store().usesOf('t', 9_999n, 9)).map(({ variables }) => variables)).toEqual([['new']]);
      expect((await store().logStreams()).map(({ lines }) => lines)).toEqual([1]);
      expect((await store().gaps(0n, 9_999n)).map(({ from }) => from)).toEqual([900n]);
      const { vertices, edges: left, uses } = await store().counts();
      expect([vertices, left, uses]).toEqual([6, 4, 1]);
      expect([await store().state(), await store().positions()]).toEqual([
        new Map([['process h/1', '{"id":"running"}']]),
        new Map([['s', 7n]]),
      ]);
    }
    expect(await store().retain(since)).toEqual({ vertices: 0, edges: 0, uses: 0, lines: 0, gaps: 0 });
  });

  test('what was removed may come again, and what stayed goes on', async () => {
    await store().apply(history());
    await store().retain(since);
    await store().apply(
      delta({
        vertices: [vertex('job1')],
        edges: [edge('job1', 'running', 3_000n), edge('tool', 'log', 1_500n, { last: 3_000n })],
      }),
    );
    const { edges } = await store().edgesInto([{ vertex: 'running', since: 0n, until: 5_000n }], 9);
    expect(edges).toEqual([edge('job1', 'running', 3_000n)]);
    expect((await store().counts()).edges).toBe(5);
  });
}

async function ids(reader: GraphReader): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of reader.allVertices()) found.push(id);
  return found;
}
