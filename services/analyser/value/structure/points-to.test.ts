import { expect, test } from 'vitest';
import { type LocationSpace, PointsTo } from './points-to.ts';

/** Objects of 100 bytes; functions from 10,000 on. */
const space: LocationSpace = {
  shift(location, n) {
    const moved = location + n;
    return Math.floor(moved / 100) === Math.floor(location / 100) ? moved : undefined;
  },
  objectOf: (location) => Math.floor(location / 100),
  isFunction: (location) => location >= 10_000,
  isMemory: () => true,
};
const [one, other, f, g] = [100, 200, 10_000, 10_100];

function points(): PointsTo {
  return new PointsTo(space, () => {});
}

function holding(graph: PointsTo, ...locations: number[]): number {
  const node = graph.add();
  for (const location of locations) graph.put(node, location);
  return node;
}

function check(graph: PointsTo, node: number, expected: readonly number[]): void {
  expect(graph.solve(100_000)).toBe(true);
  expect([...graph.locations(node)].sort((a, b) => a - b)).toEqual(expected);
}

test('two structures with a function at one distance do not mix, whatever comes first', () => {
  const graph = points();
  const [p, q] = [graph.add(), graph.add()];
  const [fromP, fromQ] = [graph.add(), graph.add()];
  graph.load(p, 8, fromP);
  graph.store(q, 8, holding(graph, g));
  graph.copy(holding(graph, one), p);
  graph.copy(holding(graph, other), q);
  graph.load(q, 8, fromQ);
  graph.store(p, 8, holding(graph, f));
  check(graph, fromP, [f]);
  check(graph, fromQ, [g]);
});

test('members of one structure are apart, and a pointer to one reaches it', () => {
  const graph = points();
  const p = holding(graph, one);
  const member = graph.add();
  graph.copy(p, member, 16);
  graph.store(p, 8, holding(graph, f));
  graph.store(member, 0, holding(graph, g));
  const [eight, sixteen] = [graph.add(), graph.add()];
  graph.load(p, 8, eight);
  graph.load(p, 16, sixteen);
  check(graph, eight, [f]);
  check(graph, sixteen, [g]);
});

test('steps that go round come to an end', () => {
  const graph = points();
  const p = holding(graph, one);
  graph.copy(p, p, 8);
  check(graph, p, [one, one + 8, one + 16]);
});

test('a mixture says nothing of where it points; its functions are for who calls through it', () => {
  const graph = points();
  const mixture = holding(graph, f, ...Array.from({ length: 20 }, (_, i) => 100 * (i + 1)));
  const called: number[] = [];
  graph.watch(mixture, (location) => called.push(location));
  expect(graph.solve(100_000)).toBe(true);
  expect(graph.isVague(mixture)).toBe(true);
  const after = graph.add();
  graph.copy(mixture, after);
  graph.put(mixture, g);
  expect(graph.solve(100_000)).toBe(true);
  expect(called).toContain(f);
  expect(called).toContain(g);
  expect([...graph.locations(after)].filter(space.isFunction)).toEqual([]);
  expect(graph.isVague(after)).toBe(true);
});

test('a node for functions takes nothing else', () => {
  const graph = points();
  const functions = graph.add(true);
  graph.copy(holding(graph, one, f), functions);
  check(graph, functions, [f]);
});

test('what does not end within its steps says so', () => {
  const graph = points();
  for (let i = 0; i < 10; i++) graph.copy(holding(graph, one), graph.add());
  expect(graph.solve(5)).toBe(false);
});
