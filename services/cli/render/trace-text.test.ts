import { expect, test } from 'vitest';
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import type { TraceAnswer } from '../../contract/why.ts';
import { paint } from './paint.ts';
import { traceText } from './trace-text.ts';

const time = (n: number): string => `2026-11-24T22:00:0${n}.000000000Z`;
const vertex = (label: string, kind: VertexAnswer['kind'] = 'process'): VertexAnswer => ({
  id: label,
  kind,
  label,
  host: 'h',
  container: null,
  time: time(0),
});
const edge = (from: string, op: string, to: string, n: number): EdgeAnswer => ({
  from,
  to,
  op,
  first: time(n),
  last: time(n),
  count: 1,
  bytes: 0,
});

function answer(vertices: VertexAnswer[], edges: EdgeAnswer[], matched: VertexAnswer): TraceAnswer {
  return {
    symptom: { input: matched.label, matched: [matched], how: 'vertex id', also: [] },
    graph: { vertices, edges },
    reduction: { vertices: 1, edges: 1, factor: 1, left: { libraries: 0, scratch: 0, starts: 0, other: 0 } },
    truncated: null,
    gaps: [],
    clocks: [],
    completeness: { isWhole: true, marks: [] },
    elapsedMs: 1,
  };
}

const tree = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^[●├╰│ ]/.test(line))
    .slice(2);

const a = vertex('a');
const b = vertex('b');
const c = vertex('c');
const libc = vertex('/lib/libc.so.6', 'file');

test('each vertex stands once, where it is nearest, also in a cycle', () => {
  const edges = [
    edge('b', 'write', 'a', 3),
    edge('c', 'read', 'b', 2),
    edge('c', 'fork', 'a', 1),
    edge('a', 'read', 'c', 1),
  ];
  const text = traceText(answer([a, b, c], edges, a), 'backward', paint(false));
  expect(tree(text)).toEqual([
    '● a  (process)',
    `├─ fork ← c  (process)  ${time(1)}`,
    `╰─ write ← b  (process)  ${time(3)}`,
  ]);
});

test('forward goes the other way', () => {
  const edges = [edge('a', 'write', 'b', 1), edge('b', 'write', 'c', 2)];
  const text = traceText(answer([a, b, c], edges, a), 'forward', paint(false));
  expect(tree(text)).toEqual([
    '● a  (process)',
    `╰─ write → b  (process)  ${time(1)}`,
    `   ╰─ write → c  (process)  ${time(2)}`,
  ]);
});

test('libraries are counted, unless something lies behind one', () => {
  const edges = [edge(libc.id, 'mmap', 'a', 1)];
  expect(tree(traceText(answer([a, libc], edges, a), 'backward', paint(false)))).toEqual([
    '● a  (process)',
    '╰─ 1 library or system file',
  ]);
  const planted = [...edges, edge('b', 'write', libc.id, 1)];
  expect(traceText(answer([a, b, libc], planted, a), 'backward', paint(false))).toContain(
    'mmap ← /lib/libc.so.6',
  );
});

test('a huge tree is cut, and the cut is said', () => {
  const many = Array.from({ length: 300 }, (_, i) => vertex(`p${i}`));
  const edges = many.map((v) => edge(v.id, 'write', 'a', 1));
  const text = traceText(answer([a, ...many], edges, a), 'backward', paint(false));
  expect(text).toContain('… and 101 more lines');
});
