/** Instructions that move values between registers, memory and the stack. */
import iced from 'iced-x86';
import { NO_REGISTER, Op } from './micro-op.ts';
import {
  clobber,
  clobberFirst,
  copy,
  type Decoded,
  type Handling,
  immediate,
  isImmediate,
  loadFrom,
  memoryOf,
  storeTo,
} from './x86-operand.ts';
import { bytesOf, partial, RBP, RSP, registers } from './x86-registers.ts';

const { Mnemonic, OpKind } = iced;
const M = Mnemonic;

export const moves: readonly Handling[] = [
  [
    [M.Mov],
    (out, i, address) => {
      if (i.op0Kind === OpKind.Register) {
        const to = registers[i.op0Register]!;
        if (to === NO_REGISTER) return;
        if (partial[i.op0Register]) clobber(out, address, to);
        else if (i.op1Kind === OpKind.Register) copy(out, address, to, registers[i.op1Register]!);
        else if (i.op1Kind === OpKind.Memory) loadFrom(out, i, address, to, bytesOf(i.op0Register));
        else if (isImmediate(i.op1Kind)) out.push(Op.constant, address, to, NO_REGISTER, moved(i));
        else clobber(out, address, to);
      } else if (i.op0Kind === OpKind.Memory) {
        if (i.op1Kind === OpKind.Register) {
          storeTo(out, i, address, registers[i.op1Register]!, bytesOf(i.op1Register));
        } else {
          const at = out.push(Op.storeConstant, address, NO_REGISTER, NO_REGISTER, 0, immediate(i, 1));
          memoryOf(out, at, i, i.op1Kind === OpKind.Immediate32to64 ? 8 : 4);
        }
      }
    },
  ],
  [
    [M.Lea],
    (out, i, address) => {
      const to = registers[i.op0Register]!;
      const at = out.push(Op.index, address, to);
      memoryOf(out, at, i, 8);
      if (out.b[at] === NO_REGISTER && out.x[at] === NO_REGISTER) out.op[at] = Op.constant;
      else if (out.x[at] === NO_REGISTER) out.op[at] = Op.add;
      out.a[at] = out.b[at]!;
    },
  ],
  [
    [M.Push],
    (out, i, address) => {
      // Through a register that no code names, and by the stack pointer as it was before.
      if (i.op0Kind === OpKind.Memory) loadFrom(out, i, address, 31, 8);
      out.push(Op.add, address, RSP, RSP, -8);
      let at: number;
      if (i.op0Kind === OpKind.Register)
        at = out.push(Op.store, address, NO_REGISTER, registers[i.op0Register]!);
      else if (isImmediate(i.op0Kind)) {
        at = out.push(Op.storeConstant, address, NO_REGISTER, NO_REGISTER, 0, immediate(i, 0));
      } else at = out.push(Op.store, address, NO_REGISTER, 31);
      out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
    },
  ],
  [
    [M.Pop],
    (out, i, address) => {
      if (i.op0Kind === OpKind.Register) {
        const at = out.push(Op.load, address, registers[i.op0Register]!);
        out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
      }
      out.push(Op.add, address, RSP, RSP, 8);
    },
  ],
  [
    [M.Leave],
    (out, _, address) => {
      out.push(Op.copy, address, RSP, RBP);
      const at = out.push(Op.load, address, RBP);
      out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
      out.push(Op.add, address, RSP, RSP, 8);
    },
  ],
  [
    [M.Movsxd, M.Movsx, M.Movzx],
    (out, i, address) => {
      const to = registers[i.op0Register]!;
      if (partial[i.op0Register]) clobber(out, address, to);
      else if (i.op1Kind === OpKind.Memory) loadFrom(out, i, address, to, i.mnemonic === M.Movsxd ? 4 : 1);
      else {
        copy(out, address, to, registers[i.op1Register]!);
        out.size[out.length - 1] = bytesOf(i.op1Register);
      }
    },
  ],
  [
    [M.Xchg, M.Xadd, M.Mulx],
    (out, i, address) => {
      clobberFirst(out, i, address);
      if (i.op1Kind === OpKind.Register) clobber(out, address, registers[i.op1Register]!);
    },
  ],
  [
    mnemonicsLike(/^Cmov/),
    (out, i, address) => {
      const to = registers[i.op0Register]!;
      if (i.op1Kind === OpKind.Register) {
        out.push(Op.choose, address, to, registers[i.op1Register]!);
        return;
      }
      loadFrom(out, i, address, 31, 8);
      out.push(Op.choose, address, to, 31);
    },
  ],
];

/** A 32-bit move clears the upper half. */
function moved(i: Decoded): number {
  const value = immediate(i, 1);
  return i.op1Kind === OpKind.Immediate32 ? value >>> 0 : value;
}

function mnemonicsLike(pattern: RegExp): number[] {
  return Object.keys(Mnemonic)
    .filter((name) => pattern.test(name))
    .map((name) => (Mnemonic as unknown as Record<string, number>)[name]!);
}
