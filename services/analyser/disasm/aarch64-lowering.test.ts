import { expect, test } from 'vitest';
import { loweredText, wordsOf } from '../../../test/fixture/micro-op-text.ts';
import { aarch64 } from './aarch64-lowering.ts';

const rows: readonly (readonly [instruction: string, words: string, expected: readonly string[]])[] = [
  ['adrp x0,', '90000000', ['r0 = 0x1000']],
  ['add x0, x0, #0x10', '91004000', ['r0 = r0 + 16']],
  ['mov x1, x2', 'aa0203e1', ['r1 = r2']],
  ['mov w1, w2', '2a0203e1', ['r1 = r2']],
  ['mov x29, sp', '910003fd', ['r29 = r31 + 0']],
  ['add sp, sp, #0x10', '910043ff', ['r31 = r31 + 16']],
  ['sub x3, x4, #0x8', 'd1002083', ['r3 = r4 + -8']],
  ['mov x0, #0x5', 'd28000a0', ['r0 = 5']],
  ['mov x0, #0xffffffffffffffff', '92800000', ['r0 = -1']],
  ['movk x0, #0x2, lsl #16', 'f2a00040', ['r0 = ?']],
  ['cmp w0, #0x9', '7100241f', ['compare r0 9']],
  ['tst x0, #0x4', 'f27e001f', ['test r0 4']],
  ['csel x0, x1, x2, eq', '9a820020', ['r0 = r1', 'r0 ?= r2']],
  ['cset w0, eq', '1a9f17e0', ['r0 = ?']],
  ['add x0, x1, x2, lsl #2', '8b020820', ['r0 = r1 + r2*4']],
  ['add x0, x1, w2, sxtb #2', '8b228820', ['r0 = r1 + r2*4']],
  ['sub x0, x1, x2', 'cb020020', ['r0 = ?']],
  ['madd x0, x1, x2, x3', '9b020c20', ['r0 = ?']],
  ['udiv x0, x1, x2', '9ac20820', ['r0 = ?']],
  ['cbz x0,', 'b4000040', ['test r0 0', 'jumpIf equal 0x1008']],
  ['cmp w0, #0x9; b.hi', '7100241f 54000048', ['compare r0 9', 'jumpIf above 0x100c']],
  ['cmp w0, #0x9; nop; b.hi', '7100241f d503201f 54000048', ['compare r0 9', 'jumpIf 0x1010']],
  ['tbnz w0, #3,', '37180040', ['jumpIf 0x1008']],
  ['b', '14000004', ['jump 0x1010']],
  ['b.eq', '54000040', ['jumpIf 0x1008']],
  ['bl', '94000008', ['call 0x1020']],
  ['br x1', 'd61f0020', ['jumpRegister r1']],
  ['blr x1', 'd63f0020', ['callRegister r1']],
  ['ret', 'd65f03c0', ['ret']],
  ['svc #0x0', 'd4000001', ['syscall']],
  ['brk #0x1', 'd4200020', ['halt']],
  ['mrs x0, tpidr_el0', 'd53bd040', ['r0 = ?']],
  ['nop', 'd503201f', []],
  ['udf #0', '00000000', ['halt']],
  ['paciasp', 'd503233f', []],
  ['sbfx x0, x1, #3, #5', '93431c20', ['r0 = ?']],
  ['sxtw x0, w1', '93407c20', ['r0 = r1']],
  ['ccmp x0, #0x3, #0x0, eq', 'fa430800', []],
  ['adds x0, x1, #0x4', 'b1001020', ['r0 = r1 + 4']],
  ['cmn x0, #0x4', 'b100101f', ['compare r0 -4']],
  ['extr x0, x1, x2, #3', '93c20c20', ['r0 = ?']],
  ['crc32w w0, w1, w2', '1ac24820', ['r0 = ?']],
  ['smulh x0, x1, x2', '9b427c20', ['r0 = ?']],
  ['rev x0, x1', 'dac00c20', ['r0 = ?']],
  ['clz x0, x1', 'dac01020', ['r0 = ?']],
  ['adc x0, x1, x2', '9a020020', ['r0 = ?']],
  ['retaa', 'd65f0bff', ['ret']],
  ['csel x2, x1, x2, eq: of itself', '9a820022', ['r2 ?= r1']],
  ['adrp and add, one behind the other', '90000000 91004000', ['r0 = 0x1000', 'r0 = 0x1010']],
  ['adrp, and add of another', '90000000 91004021', ['r0 = 0x1000', 'r1 = r1 + 16']],
  ['mov and movk', 'd28000a0 f2a00040', ['r0 = 5', 'r0 = 0x20005']],
  ['sub sp, sp, x1: the stack pointer is not zero', 'cb2163ff', ['r31 = ?']],
];

function check(words: string, expected: readonly string[]): void {
  expect(loweredText(aarch64, wordsOf(words))).toEqual(expected);
}

test.each(rows)('%s', (_instruction, words, expected) => check(words, expected));
