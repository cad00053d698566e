import { expect, test } from 'vitest';
import { loweredText, wordsOf } from '../../../test/fixture/micro-op-text.ts';
import { aarch64 } from './aarch64-lowering.ts';

// v32 to v63 are the low halves, v64 to v95 the high ones.
const rows: readonly (readonly [instruction: string, words: string, expected: readonly string[]])[] = [
  ['fmov d0, x1', '9e670020', ['v32 = r1', 'v64 = 0']],
  ['fmov x0, d1', '9e660020', ['r0 = v33']],
  ['mov v0.d[1], x1', '4e181c20', ['v64 = r1']],
  ['dup v0.2d, x1', '4e080c20', ['v32 = r1', 'v64 = r1']],
  ['mov v0.16b, v1.16b', '4ea11c20', ['v32 = v33', 'v64 = v65']],
  ['movi v0.2d, #0x0', '6f00e400', ['v32 = 0', 'v64 = 0']],
  ['fcvtzs x0, d0', '9e780000', ['r0 = ?']],
  ['umov w0, v1.b[0]', '0e013c20', ['r0 = ?']],
  ['mov x0, v1.d[1]', '4e183c20', ['r0 = v65']],
  ['fadd d0, d1, d2', '1e622820', ['v32 = ?', 'v64 = ?']],
  ['fcmp d0, d1', '1e612000', ['v32 = ?', 'v64 = ?']],
  ['fcvtzs w0, s1, #4', '1e18f020', ['r0 = ?']],
];

function check(words: string, expected: readonly string[]): void {
  expect(loweredText(aarch64, wordsOf(words))).toEqual(expected);
}

test.each(rows)('%s', (_instruction, words, expected) => check(words, expected));
