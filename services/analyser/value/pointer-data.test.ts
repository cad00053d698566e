import { expect, test } from 'vitest';
import { strideOf } from './pointer-data.ts';

test.each<[string, number[], number[], number | undefined]>([
  ['names and handlers', [8, 24, 40], [0, 16, 32], 16],
  ['a handler among numbers', [16, 40, 64], [], 24],
  ['one element without a handler', [16, 40, 112], [], 24],
  ['a structure of handlers', [0, 8, 16, 24], [], undefined],
  ['in whatever order its pointers come', [24, 0, 16, 8], [], undefined],
  ['two handlers are too few', [8, 24], [0, 16], undefined],
  ['handlers and data at one distance', [8, 16, 24], [0, 32, 40], undefined],
])('%s', (_, code, data, expected) => expect(strideOf(code, data)).toBe(expected));
