/** Short ways to say vertices, edges and deltas in tests of a store, and arbitrary ones for property tests. */
import fc from 'fast-check';
import type {
  Edge,
  GraphDelta,
  LinePlace,
  SaidStatement,
  TemplateUse,
  Vertex,
} from '../../services/core/graph-store.ts';
import { compareLines, type LogLine } from '../../services/core/line/log-line.ts';

export function vertex(id: string, over: Partial<Vertex> = {}): Vertex {
  return {
    id,
    kind: 'file',
    label: id,
    host: 'h1',
    container: undefined,
    time: 0n,
    terms: [],
    properties: {},
    ...over,
  };
}

export function edge(from: string, to: string, first: bigint, over: Partial<Edge> = {}): Edge {
  return { from, to, op: 'write', first, last: first, count: 1, bytes: 0, ...over };
}

export function use(template: string, time: bigint, ...variables: string[]): TemplateUse {
  return { template, emitter: 'p', time, variables, place: undefined };
}

export async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A line of the stream `s`. */
export function logLine(number: number, text: string, over: Partial<LogLine> = {}): LogLine {
  return { stream: 's', name: 's.log', number, part: 0, text, ...over };
}

export function delta(over: Partial<GraphDelta> = {}): GraphDelta {
  return {
    vertices: [],
    edges: [],
    uses: [],
    lines: [],
    gaps: [],
    state: new Map(),
    positions: new Map(),
    ...over,
  };
}

const ID = fc.integer({ min: 0, max: 5 }).map((n) => `v${n}`);
/** Few distinct times near each other, and some as far apart as 64 bits allow. */
const TIME = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 12n }) },
  { weight: 1, arbitrary: fc.constantFrom(-(2n ** 62n), 2n ** 62n, 1_700_000_000_000_000_000n) },
);
const TERM = fc.constantFrom('path:/a', 'path:/a/b', 'path:/b', 'word:é', 'word:\ud800', 'nul:\0x', 'nul:');

const VERTEX: fc.Arbitrary<Vertex> = fc.record({
  id: ID,
  kind: fc.constantFrom('process', 'file', 'socket'),
  label: fc.string({ maxLength: 3 }),
  host: fc.constant('h1'),
  container: fc.constantFrom(undefined, 'c1', 'c2'),
  time: TIME,
  terms: fc.array(TERM, { maxLength: 3 }),
  properties: fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(fc.integer(), fc.string({ maxLength: 2 }))),
});

const EDGE: fc.Arbitrary<Edge> = fc
  .record({
    from: ID,
    to: ID,
    op: fc.constantFrom('read', 'write', 'connect'),
    first: TIME,
    last: TIME,
    count: fc.constantFrom(0, 1, 2, Number.MAX_SAFE_INTEGER),
    bytes: fc.constantFrom(0, 1, 2 ** 40),
  })
  .map((e) => (e.last < e.first ? { ...e, first: e.last, last: e.first } : e));

const USE: fc.Arbitrary<TemplateUse> = fc.record({
  template: fc.constantFrom('t', 't\0', 't\0u'),
  emitter: ID,
  time: TIME,
  variables: fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }),
  place: fc.option(
    fc.record<LinePlace>({ stream: fc.constantFrom('s', 'é\0'), number: fc.nat(9), count: fc.nat(2) }),
    { nil: undefined },
  ),
  statement: fc.option(
    fc.record<SaidStatement, 'by' | 'text'>(
      {
        by: fc.constantFrom('stamp', 'lms-cfg', 'text'),
        text: fc.constantFrom('got %s', ''),
        site: fc.constant('0x12'),
        disagrees: fc.constant(true),
      },
      { requiredKeys: ['by', 'text'] },
    ),
    { nil: undefined },
  ),
});

/** What stands at a place is the same whoever says it. */
const LINE: fc.Arbitrary<LogLine> = fc
  .record({ stream: fc.constantFrom('s', 't é'), number: fc.integer({ min: 1, max: 6 }), part: fc.nat(1) })
  .map(({ stream, number, part }) => ({
    stream,
    name: `${stream}.log`,
    number,
    part,
    text: `10.0.0.${number % 3} sent ${number * 7} bytes of /srv/${stream.length}${part}\xff\n`,
  }));

/** Every edge's ends are vertices of the same delta. */
export const DELTA: fc.Arbitrary<GraphDelta> = fc
  .record({
    vertices: fc.array(VERTEX, { maxLength: 6 }),
    edges: fc.array(EDGE, { maxLength: 12 }),
    uses: fc.array(USE, { maxLength: 3 }),
    lines: fc.array(LINE, { maxLength: 5 }),
    state: fc.array(
      fc.tuple(
        fc.constantFrom('k1', 'k2', 'nul:\0', 'nul:\0x', 'half:\ud800'),
        fc.option(fc.string(), { nil: undefined }),
      ),
      { maxLength: 2 },
    ),
    positions: fc.array(fc.tuple(fc.constantFrom('s1', 's2'), fc.bigInt({ min: 0n, max: 2n ** 63n })), {
      maxLength: 2,
    }),
  })
  .map(({ vertices, edges, uses, lines, state, positions }) => {
    const named = new Set(vertices.map(({ id }) => id));
    const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
    const missing = [...ends].filter((id) => !named.has(id)).map((id) => vertex(id));
    return delta({
      vertices: [...vertices, ...missing],
      edges,
      uses,
      lines: lines.toSorted(compareLines),
      state: new Map(state),
      positions: new Map(positions),
    });
  });
