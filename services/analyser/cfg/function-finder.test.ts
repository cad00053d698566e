import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { findFunctions } from './function-finder.ts';

/** By function: how many ranges it has, whether something points to it, what it stands for. */
function check(source: string, expected: Readonly<Record<string, string>>): void {
  const { image, reader, isa } = toyProgram(source);
  const { functions, byAddress } = findFunctions(image, reader, isa);
  const found = functions.map(({ index, name, address, ranges, addressTaken }) => {
    expect(byAddress.get(address)).toBe(index);
    return [name, `${ranges.length}${addressTaken ? ' pointed to' : ''}`];
  });
  expect(Object.fromEntries(found)).toEqual(expected);
}

test('a function is a range from its label to the next', () =>
  check('main:\n  call other\n  ret\nother:\n  ret', { main: '1', other: '1' }));

test('what the compiler moved away belongs to the one function that jumps there', () =>
  check(
    'main:\n  if cold\nback:\n  ret\nother:\n  ret\nmain.cold:\n  jump back'
      .replaceAll('cold\n', 'main.cold\n')
      .replace('back:', ' back:'),
    {
      main: '2',
      other: '1',
    },
  ));

test('a moved part that two functions jump to is a function of its own', () =>
  check('main:\n  if part.cold\n  ret\nother:\n  if part.cold\n  ret\npart.cold:\n  halt', {
    main: '1',
    other: '1',
    'part.cold': '1',
  }));

test('a named function stays one, though one alone jumps there', () =>
  check('main:\n  jump tail\ntail:\n  ret', { main: '1', tail: '1' }));

test('a constant that is a function’s address points to it', () =>
  check('main:\n  r0 = &handler\n  call signal\n  ret\nhandler:\n  ret', {
    main: '1',
    handler: '1 pointed to',
  }));
