import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { programValues } from '../value/program-values.ts';

/** Functions that never come back. */
function check(source: string, expected: readonly string[]): void {
  const { image, reader, isa, name } = toyProgram(source);
  const { found, neverReturns } = programValues(image, reader, isa, () => {});
  expect([...neverReturns].map((fn) => name(found.functions[fn]!.address)).sort()).toEqual(expected);
}

test.each<[string, string, readonly string[]]>([
  ['who ends the program', 'main:\n  call die\n  ret\ndie:\n  call exit\n  ret', ['die', 'main']],
  ['who ends it on one way alone does', 'main:\n  if out\n  call exit\n out:\n  ret', []],
  ['who only loops', 'main:\n again:\n  call step\n  jump again\nstep:\n  ret', ['main']],
  ['who hands over to such a one', 'main:\n  jump die\ndie:\n  call abort\n  ret', ['die', 'main']],
  ['a jump that nobody resolves may lead back', 'main:\n  r4 = ?\n  jump r4', []],
  ['who calls an import with nothing behind it', 'main:\n  call quit\nother:\n  ret', ['main']],
  [
    'who calls an import behind which the stack has another height elsewhere',
    'main:\n  if there\n  r15 = r15 + -8\n  call quit\n there:\n  ret\nother:\n  call quit\n  ret',
    ['other'],
  ],
  [
    'not where it has the same height behind another of its calls',
    'main:\n  if there\n  r15 = r15 + -8\n  call quit\n there:\n  ret\nother:\n  if out\n  call quit\n out:\n  ret',
    [],
  ],
  ['two that call each other, and nothing else', 'a:\n  call b\n  ret\nb:\n  call a\n  ret', []],
])('%s', (_name, source, expected) => check(source, expected));
