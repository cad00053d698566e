import { expect, test } from 'vitest';
import { EventScript, open, peer, writeOnly } from '../../../test/fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../../../test/fixture/folded-graph.ts';
import type { AppEntry } from '../app-log/app-entry.ts';
import { createLmsCfg } from '../lms/lms-cfg.ts';

test('a log line stands before the write that wrote it, in the unit of its connection', () => {
  const s = new EventScript()
    .call(20, 'openat', { ...open('/var/log/access.log', 7, writeOnly) })
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) });
  s.push(line(s.time, 'GET /a took 12 ms and then some', 33));
  s.call(20, 'write', { args: [7], exit: 33 }).call(20, 'close', { args: [4] });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const lines = graph.story();
  const log = lines.findIndex((l) => l.startsWith('GET /a -log->'));
  expect(log).toBeGreaterThan(0);
  expect(lines[log + 1]).toBe('GET /a -write-> /var/log/access.log');
});

test('a unit is found by its request and by the call ids that it printed, and is called by the request, in any batches', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const s = new EventScript()
    .call(20, 'openat', { ...open('/var/log/access.log', 7, writeOnly) })
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) });
  s.push(line(s.time, 'GET /a?x=1 took 12 ms', 33)).call(20, 'write', { args: [7], exit: 33 });
  s.push({ ...line(s.time, `done 00-${trace}-00f067aa0ba902b7-01`, 66), request: undefined });
  s.call(20, 'write', { args: [7], exit: 66 }).call(20, 'close', { args: [4] });
  for (const cuts of [[], [4], [5], [4, 5, 6]]) {
    const graph = foldInto(new FoldedGraph(), s.inputs, cuts);
    const unit = [...graph.vertices.values()].find(({ kind }) => kind === 'unit')!;
    expect([unit.label, [...unit.terms].sort()]).toEqual([
      'GET /a',
      [`call:${trace}`, 'request:GET /a', 'request:GET /a 200'],
    ]);
    expect(unit.properties).toMatchObject({ request: 'GET /a', status: 200, reason: 'connection' });
  }
});

test('lines without a profile are of a learned statement; a profile that comes later names it, and no id changes', () => {
  const s = new EventScript().call(20, 'openat', { ...open('/var/log/access.log', 7, writeOnly) });
  const users = ['eve', 'bob', 'ann', 'eve'];
  for (const [i, user] of users.entries()) {
    s.push(line(s.time, `session was opened for ${user}`, 40 + i));
    s.call(20, 'write', { args: [7], exit: 40 + i });
  }
  const id = (user: string): string => `template:p20|session was opened for ${user}`;
  const graph = foldInto(new FoldedGraph(), s.inputs);
  expect(users.map((user) => graph.vertices.get(id(user))!.properties.statement)).toEqual([
    undefined,
    id('eve'),
    id('eve'),
    undefined,
  ]);
  expect(foldInto(new FoldedGraph(), s.inputs, [2, 3, 5]).canonical()).toEqual(graph.canonical());
  const text = 'session was opened for %s';
  const marks = { function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  const node = { id: 0, text, regex: '^session was opened for (.*)$', ...marks };
  const cfg = createLmsCfg({ program: 'p20', buildId: undefined, nodes: [node] }, []);
  s.push(line(s.time, 'session was opened for bob', 50));
  s.call(20, 'write', { args: [7], exit: 50 });
  foldInto(graph, s.inputs, [], () => ({
    cfg,
    match: (message) => [{ node, variables: ['bob'], from: 0, to: message.length }],
    matchOf: () => [],
  }));
  expect(graph.vertices.get(id('bob'))).toMatchObject({
    label: text,
    properties: { lms: text, statement: `lms:p20|${text}` },
  });
  expect(graph.vertices.get(id('ann'))!.properties.statement).toBe(id('eve'));
});

function line(time: bigint, text: string, byteLength: number): AppEntry {
  return {
    kind: 'app',
    host: 'h1',
    container: undefined,
    pid: undefined,
    pidSource: 'none',
    time: time - 500_000_000n,
    timeSource: 'line',
    timePrecision: 1_000_000_000n,
    text,
    byteLength,
    message: text,
    level: undefined,
    request: { client: '10.0.0.1', method: 'GET', path: '/a', status: 200 },
    source: 'access.log',
    line: 1,
    lines: 1,
    log: '',
  };
}
