import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { programValues } from '../value/program-values.ts';

/** The blocks of `main`: their successors, and `ret` where control can leave. */
function check(source: string, expected: readonly string[]): void {
  const { image, reader, isa } = toyProgram(source);
  const { graph } = programValues(image, reader, isa, () => {});
  const { from, to, successors, leaves } = graph(0);
  expect(successors.map((next, block) => [...next, ...(leaves[block] ? ['ret'] : [])].join(' '))).toEqual(
    expected,
  );
  expect(from.every((at, block) => at < to[block]!)).toBe(true);
}

test.each<[string, string, readonly string[]]>([
  ['a line', 'main:\n  r0 = 1\n  ret', ['ret']],
  ['a branch', 'main:\n  if there\n  r0 = 1\n there:\n  ret', ['2 1', '2', 'ret']],
  ['a condition that leads to what follows anyway', 'main:\n  if there\n there:\n  ret', ['1', 'ret']],
  ['a loop', 'main:\n again:\n  r0 = 1\n  if again\n  ret', ['0 1', 'ret']],
  ['a call that never comes back', 'main:\n  call exit\n  r0 = 1\n  ret', ['', 'ret']],
  ['a jump to another function', 'main:\n  jump other\nother:\n  ret', ['ret']],
  ['a conditional jump to another function', 'main:\n  if other\n  ret\nother:\n  ret', ['1 ret', 'ret']],
  ['a jump that nobody resolves', 'main:\n  r4 = ?\n  jump r4', ['ret']],
  ['a trap', 'main:\n  if out\n  halt\n out:\n  ret', ['2 1', '', 'ret']],
])('%s', (_name, source, expected) => check(source, expected));
