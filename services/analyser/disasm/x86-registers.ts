/** Registers and conditions of x86-64 by the numbers of micro-operations. It must not know instructions. */
import iced from 'iced-x86';
import type { CallingConvention } from './instruction-set.ts';
import { Condition, NO_REGISTER } from './micro-op.ts';

const { ConditionCode, Register } = iced;

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const vector_first = 32;
export const vector_high = 32;

export const convention: CallingConvention = {
  stackPointer: RSP,
  argumentRegisters: [RDI, RSI, RDX, RCX, 8, 9],
  resultRegister: RAX,
  syscallRegister: RAX,
  // All vector registers are the caller's to save.
  callClobbers: [RAX, RCX, RDX, RSI, RDI, 8, 9, 10, 11, ...Array.from({ length: 64 }, (_, i) => 32 + i)],
  returnAddress_bytes: 8,
};

/** Register number by iced's number; NO_REGISTER for those that are not followed. */
export const registers = new Int8Array(512).fill(NO_REGISTER);
/** Whether writing it leaves part of the register as it was. */
export const partial = new Uint8Array(512);
for (let i = 0; i < 16; i++) {
  registers[Register.RAX + i] = i;
  registers[Register.EAX + i] = i;
  registers[Register.AX + i] = i;
  partial[Register.AX + i] = 1;
  registers[Register.XMM0 + i] = vector_first + i;
  registers[Register.YMM0 + i] = vector_first + i;
}
// AL CL DL BL, AH CH DH BH, then SPL … R15L.
for (let i = 0; i < 20; i++) {
  registers[Register.AL + i] = i < 8 ? i % 4 : i - 4;
  partial[Register.AL + i] = 1;
}

/** What a conditional jump asks, by iced's number; NO_REGISTER for what is not followed. */
export const conditions = new Int8Array(17).fill(NO_REGISTER);
conditions[ConditionCode.e] = Condition.equal;
conditions[ConditionCode.ne] = Condition.notEqual;
conditions[ConditionCode.l] = Condition.less;
conditions[ConditionCode.ge] = Condition.notLess;
conditions[ConditionCode.g] = Condition.greater;
conditions[ConditionCode.le] = Condition.notGreater;
conditions[ConditionCode.b] = Condition.below;
conditions[ConditionCode.ae] = Condition.notBelow;
conditions[ConditionCode.a] = Condition.above;
conditions[ConditionCode.be] = Condition.notAbove;
conditions[ConditionCode.s] = Condition.negative;
conditions[ConditionCode.ns] = Condition.notNegative;

/** Of a register by iced's number. */
export function bytesOf(register: number): number {
  if (register >= Register.RAX && register <= Register.R15) return 8;
  if (register >= Register.EAX && register <= Register.R15D) return 4;
  return partial[register] === 1 && register >= Register.AX ? 2 : 1;
}
