/** A store against the naive model, on arbitrary deltas with reopening between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edge, GraphStore } from '../../services/core/graph-store.ts';
import { type LineCondition, parseCondition } from '../../services/core/line/line-condition.ts';
import { DELTA, gathered } from './deltas.ts';
import type { OpenedStore } from './graph-store.ts';
import { edgeKey, NaiveStore, text } from './naive-store.ts';
import { scanned } from './scanned.ts';

const RUNS = Number(process.env.DISPROTRACK_FULL === '1' ? 150 : 25);
const TERMS = ['path:/a', 'path:/a*', '*', 'word:é', 'word:\ud800*', 'nul:*', 'nul:', 'nothing'];
const TIMES = [-(2n ** 63n), -1n, 0n, 3n, 6n, 12n, 2n ** 62n];

export function graphStoreProperties(name: string, open: () => Promise<OpenedStore>, runs = RUNS): void {
  const steps = fc.array(
    fc.oneof({ weight: 5, arbitrary: DELTA }, { weight: 1, arbitrary: fc.constant('reopen' as const) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );

  test(`${name} answers like the naive model`, { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const opened = await open();
        let { store } = opened;
        const naive = new NaiveStore();
        try {
          for (const step of sequence) {
            if (step === 'reopen') store = await opened.reopen();
            else {
              naive.apply(step);
              await store.apply(step);
            }
          }
          await compare(store, naive);
        } finally {
          await opened.destroy();
        }
      }),
      { numRuns: runs, endOnFailure: runs < RUNS },
    );
  });
}

async function compare(store: GraphStore, naive: NaiveStore): Promise<void> {
  const vertices = [];
  for await (const vertex of store.allVertices()) vertices.push(vertex);
  expect(vertices).toEqual(naive.allVertices());
  const edges = [];
  for await (const edge of store.allEdges()) edges.push(edge);
  expect(edges).toEqual(naive.allEdges());
  expect(await store.state()).toEqual(naive.state);
  expect(await store.positions()).toEqual(naive.positions);
  const counts = await store.counts();
  expect([counts.vertices, counts.edges, counts.uses]).toEqual([
    naive.vertices.size,
    naive.edges.size,
    naive.uses.size,
  ]);
  const sizes = await store.sizes();
  expect(sizes.vertices).toBe(counts.vertices);
  expect(sizes.edges).toBeGreaterThanOrEqual(counts.edges);
  expect(sizes.uses).toBeGreaterThanOrEqual(counts.uses);
  await compareLines(store, naive);
  for (const term of TERMS) await compareLookup(store, naive, term);
  const exact = TERMS.filter((term) => !term.endsWith('*'));
  expect(await store.frequencies(exact)).toEqual(exact.map((term) => naive.lookup(term).length));
  const ids = [...naive.vertices.keys()];
  expect(await store.degrees(ids)).toEqual(
    ids.map((id) => ({
      into: naive.allEdges().filter((edge) => edge.to === id).length,
      outOf: naive.allEdges().filter((edge) => edge.from === id).length,
    })),
  );
  const numbers = (await store.numbersOf(ids)).map((number) => number!);
  expect(await store.verticesOf(numbers)).toEqual(await store.vertices(ids));
  expect(await store.degreesOf(numbers)).toEqual(await store.degrees(ids));
  for (const since of TIMES)
    for (const until of TIMES) {
      const queries = ids.map((vertex) => ({ vertex, since, until }));
      for (const limit of [1, 3, 1000]) {
        const into = await store.edgesInto(queries, limit);
        const outOf = await store.edgesOutOf(queries, limit);
        expect(await scanned(store, 'into', queries, limit)).toEqual(into);
        expect(await scanned(store, 'outOf', queries, limit)).toEqual(outOf);
        expect(Object.keys(Object.groupBy(into.edges, ({ to }) => to))).toEqual(
          ids.filter((vertex) => naive.into({ vertex, since, until }).length > 0),
        );
        for (const query of queries) {
          compareEdges(answerOf(query.vertex, 'to', into), naive.into(query), limit);
          compareEdges(answerOf(query.vertex, 'from', outOf), naive.outOf(query), limit);
        }
      }
    }
  for (const template of ['t', 't\0', 't\0u'])
    for (const before of TIMES) {
      const all = naive.usesOf(template, before);
      const two = await store.usesOf(template, before, 2);
      expect(two.map(({ time }) => time)).toEqual(all.slice(0, 2).map(({ time }) => time));
      expect((await store.usesOf(template, before, 1000)).map(text).sort()).toEqual(all.map(text).sort());
    }
}

async function compareLines(store: GraphStore, naive: NaiveStore): Promise<void> {
  for (const stream of [undefined, 's', 'none'])
    for (const condition of [undefined, 'address = 10.0.0.1', 'number > 20', 'path = /srv/10'])
      for (const [from, until] of [
        [0, Number.MAX_SAFE_INTEGER],
        [2, 4],
      ] as const) {
        const where = condition === undefined ? [] : [parseCondition(condition) as LineCondition];
        const query = { stream, from, until, where };
        expect(await gathered(store.lines(query))).toEqual(naive.lines(query));
      }
}

async function compareLookup(store: GraphStore, naive: NaiveStore, term: string): Promise<void> {
  const all = naive.lookup(term);
  expect((await store.lookup(term, 1000)).sort()).toEqual(all.map(({ id }) => id).sort());
  // Vertices of one time may come in any order: compare the times.
  const two = await store.vertices(await store.lookup(term, 2));
  expect(two.map(({ time }) => time)).toEqual(all.slice(0, 2).map(({ time }) => time));
}

/** What of an answer is of one vertex. */
function answerOf(vertex: string, end: 'from' | 'to', { edges, truncated }: Answer): Answer {
  return {
    edges: edges.filter((edge) => edge[end] === vertex),
    truncated: truncated.filter((id) => id === vertex),
  };
}

interface Answer {
  edges: Edge[];
  truncated: string[];
}

function compareEdges(answer: Answer, all: Edge[], limit: number): void {
  expect(answer.edges.map(({ first }) => first)).toEqual(all.slice(0, limit).map(({ first }) => first));
  expect(answer.truncated.length).toBe(all.length > limit ? 1 : 0);
  if (all.length <= limit) expect(answer.edges.map(text).sort()).toEqual(all.map(text).sort());
  else {
    const known = new Map(all.map((edge) => [edgeKey(edge), text(edge)]));
    for (const edge of answer.edges) expect(known.get(edgeKey(edge))).toBe(text(edge));
  }
}
