import { expect, test } from 'vitest';
import { createLmsCfg, type LmsNode } from './lms-cfg.ts';
import { uniteLmsCfgs } from './lms-cfg-union.ts';
import { createMatcher } from './matcher.ts';

function cfg(program: string, texts: readonly string[]) {
  const nodes = texts.map((text, id): LmsNode => {
    return {
      id,
      text,
      regex: `^${text}$`,
      function: undefined,
      loopStart: false,
      loopEnd: false,
      endSyscalls: [],
    };
  });
  return createLmsCfg({ program, buildId: program, nodes }, [[1], [0]]);
}

test('a line finds what any part prints, and keeps what can follow it', () => {
  const all = uniteLmsCfgs([cfg('server', ['begin', 'same']), cfg('libx.so.1', ['same', 'more'])]);
  expect(all).toMatchObject({ program: 'server', buildId: 'server' });
  expect(
    createMatcher(all)
      .match('same')
      .map(({ node }) => node.id),
  ).toEqual([1, 2]);
  expect([0, 1, 2, 3].map((id) => all.successors(id))).toEqual([[1], [0], [3], [2]]);
  expect(all.nodes.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
});
