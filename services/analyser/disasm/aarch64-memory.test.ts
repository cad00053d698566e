import { expect, test } from 'vitest';
import { loweredText, wordsOf } from '../../../test/fixture/micro-op-text.ts';
import { aarch64 } from './aarch64-lowering.ts';

const rows: readonly (readonly [instruction: string, words: string, expected: readonly string[]])[] = [
  ['ldr x0, [x1, #8]', 'f9400420', ['r0 = [r1 + 8]:8']],
  ['ldr w0, [x1, #4]', 'b9400420', ['r0 = [r1 + 4]:4']],
  ['ldrb w0, [x1]', '39400020', ['r0 = [r1]:1']],
  ['ldrsw x0, [x1, #4]', 'b9800420', ['r0 = [r1 + 4]:4']],
  ['ldr x0, [x1], #8', 'f8408420', ['r0 = [r1]:8', 'r1 = r1 + 8']],
  ['str x0, [sp, #-16]!', 'f81f0fe0', ['r31 = r31 + -16', '[r31]:8 = r0']],
  ['stp x29, x30, [sp, #-32]!', 'a9be7bfd', ['r31 = r31 + -32', '[r31]:8 = r29', '[r31 + 8]:8 = r30']],
  ['ldp x29, x30, [sp], #32', 'a8c27bfd', ['r29 = [r31]:8', 'r30 = [r31 + 8]:8', 'r31 = r31 + 32']],
  ['ldr x0, [x1, x2, lsl #3]', 'f8627820', ['r0 = [r1 + r2*8]:8']],
  ['ldrh w0, [x1, w2, uxtw #1]', '78625820', ['r0 = [r1 + r2*2]:2']],
  ['str xzr, [x1, #8]', 'f900043f', ['[r1 + 8]:8 = 0']],
  ['ldur x0, [x1, #-8]', 'f85f8020', ['r0 = [r1 + -8]:8']],
  ['ldr x0,', '58000080', ['r0 = [0x1010]:8']],
  ['prfm pldl1keep, [x0]', 'f9800000', []],
  ['ldxr x0, [x1]', 'c85f7c20', ['r0 = ?']],
  ['stxr w2, x0, [x1]', 'c8027c20', ['r2 = ?']],
  ['stlxr w2, x0, [x1]', 'c802fc20', ['r2 = ?']],
  ['ldar x0, [x1]', 'c8dffc20', ['r0 = ?']],
  ['stlr x0, [x1]', 'c89ffc20', []],
  ['ldxp x0, x3, [x1]', 'c87f0c20', ['r0 = ?', 'r3 = ?']],
  ['ldpsw x0, x1, [x2]', '69400440', ['r0 = [r2]:4', 'r1 = [r2 + 4]:4']],
  ['ldr q0, [x1]', '3dc00020', ['v32 = [r1]:8', 'v64 = [r1 + 8]:8']],
  ['str q0, [sp, #16]', '3d8007e0', ['[r31 + 16]:8 = v32', '[r31 + 24]:8 = v64']],
  ['ldr d0, [x1]', 'fd400020', ['v32 = [r1]:8', 'v64 = 0']],
  [
    'stp q0, q1, [sp]',
    'ad0007e0',
    ['[r31]:8 = v32', '[r31 + 8]:8 = v64', '[r31 + 16]:8 = v33', '[r31 + 24]:8 = v65'],
  ],
  ['ldapr x0, [x1]', 'f8bfc020', ['r0 = ?']],
  ['cas x0, x2, [x1]', 'c8a07c22', ['r0 = ?']],
  ['swp x0, x2, [x1]', 'f8208022', ['r2 = ?']],
  ['ldadd x0, x2, [x1]', 'f8200022', ['r2 = ?']],
  ['casp x0, x1, x2, x3, [x4]', '48207c82', ['r0 = ?', 'r1 = ?']],
  [
    'ld1 {v0.2d}, [x1], #16',
    '4cdf7c20',
    ['r1 = ?', 'v32 = ?', 'v64 = ?', 'v33 = ?', 'v65 = ?', 'v34 = ?', 'v66 = ?', 'v35 = ?', 'v67 = ?'],
  ],
  ['ldr x0, [x1, #8]!', 'f8408c20', ['r1 = r1 + 8', 'r0 = [r1]:8']],
  ['ldp x0, x1, [x0]: the base first', 'a9400400', ['r1 = [r0 + 8]:8', 'r0 = [r0]:8']],
];

function check(words: string, expected: readonly string[]): void {
  expect(loweredText(aarch64, wordsOf(words))).toEqual(expected);
}

test.each(rows)('%s', (_instruction, words, expected) => check(words, expected));
