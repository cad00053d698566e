import { expect, test } from 'vitest';
import { EventScript, peer } from '../../../../test/fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../../../../test/fixture/folded-graph.ts';

test('both ways of a connection whose client has no address are told apart, and found by the server’s', () => {
  const s = new EventScript()
    .call(10, 'socket', { args: [2, 1], exit: 3 })
    .call(10, 'connect', { args: [3], ...peer('203.0.113.66', 4444) });
  const sockets = [...foldInto(new FoldedGraph(), s.inputs).vertices.values()].filter(
    ({ terms }) => terms.includes('ip:203.0.113.66') && terms.includes('addr:203.0.113.66:4444'),
  );
  expect(sockets.map((v) => v.label)).toEqual(['→ 203.0.113.66:4444', '← 203.0.113.66:4444']);
});
