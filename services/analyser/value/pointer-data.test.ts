import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { PointerData, strideOf } from './pointer-data.ts';
import { programValues } from './program-values.ts';

test.each<[string, number[], number[], number | undefined]>([
  ['names and handlers', [8, 24, 40], [0, 16, 32], 16],
  ['a handler among numbers', [16, 40, 64], [], 24],
  ['one element without a handler', [16, 40, 112], [], 24],
  ['a structure of handlers', [0, 8, 16, 24], [], undefined],
  ['in whatever order its pointers come', [24, 0, 16, 8], [], undefined],
  ['two handlers are too few', [8, 24], [0, 16], undefined],
  ['handlers and data at one distance', [8, 16, 24], [0, 32, 40], undefined],
])('%s', (_, code, data, expected) => expect(strideOf(code, data)).toBe(expected));

test.each<[string, number]>([
  ['below all memory', 16],
  ['of eight letters, to which 8 can no longer be added', 7801206949787887000],
])('a number %s begins no table', (_, number) => {
  const { image, reader, isa } = toyProgram('main:\n  call f\n  ret');
  const data = new PointerData(programValues(image, reader, isa, () => {}));
  expect(data.places(number, 8)).toEqual([]);
  expect([...data.table(number, 8)]).toEqual([]);
});
