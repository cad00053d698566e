/** Instructions that compute and compare: sums of pointers are followed, of the others only what they overwrite. */
import iced from 'iced-x86';
import { NO_REGISTER, Op } from './micro-op.ts';
import {
  clobber,
  clobberFirst,
  type Handling,
  immediate,
  isImmediate,
  isWide,
  type Lower,
  memoryOf,
} from './x86-operand.ts';
import {
  bytesOf,
  partial,
  RAX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  registers,
  vector_first,
  vector_high,
} from './x86-registers.ts';

const { Mnemonic, OpKind, Register } = iced;
const M = Mnemonic;
const RBX = 3;
const nothing: Lower = () => {};

const strings = [
  [M.Movsb, M.Movsw, M.Movsd, M.Movsq],
  [M.Stosb, M.Stosw, M.Stosd, M.Stosq],
  [M.Scasb, M.Scasw, M.Scasd, M.Scasq],
  [M.Cmpsb, M.Cmpsw, M.Cmpsd, M.Cmpsq],
  [M.Lodsb, M.Lodsw, M.Lodsd, M.Lodsq],
].flat();

export const arithmetic: readonly Handling[] = [
  [[M.Nop, M.Endbr64, M.Endbr32, M.Pause, M.Lfence, M.Sfence, M.Mfence], nothing],
  [[M.Prefetcht0, M.Prefetchw, M.Cwde, M.Cdqe], nothing],
  [
    [M.Ucomisd, M.Ucomiss, M.Comisd, M.Comiss, M.Bt, M.Ptest],
    (out, _, address) => {
      out.push(Op.compare, address);
    },
  ],
  [[M.Add], addition(1)],
  [[M.Sub], addition(-1)],
  [
    [M.Inc, M.Dec],
    (out, i, address) => {
      if (i.op0Kind !== OpKind.Register || partial[i.op0Register]) return clobberFirst(out, i, address);
      const to = registers[i.op0Register]!;
      out.push(Op.add, address, to, to, i.mnemonic === M.Inc ? 1 : -1);
    },
  ],
  [
    [M.Xor, M.Pxor, M.Xorps, M.Xorpd],
    (out, i, address) => {
      const same =
        i.op0Kind === OpKind.Register && i.op1Kind === OpKind.Register && i.op0Register === i.op1Register;
      if (!same) return clobberFirst(out, i, address);
      const to = registers[i.op0Register]!;
      if (to === NO_REGISTER) return;
      out.push(Op.constant, address, to);
      if (to >= vector_first) out.push(Op.constant, address, to + vector_high);
    },
  ],
  [
    [M.And],
    (out, i, address) => {
      // Aligning the stack moves it by less than anything that is looked up relative to it.
      if (i.op0Kind === OpKind.Register && registers[i.op0Register] === RSP) return;
      // So are other pointers, or freed of marks in their lowest bits.
      if (i.op0Kind === OpKind.Register && i.op1Kind === OpKind.Immediate8to64 && immediate(i, 1) < 0) {
        const to = registers[i.op0Register]!;
        const at = out.push(Op.index, address, to, to);
        out.memory(at, to, NO_REGISTER, 1, 0, 8);
      } else clobberFirst(out, i, address);
    },
  ],
  [
    [M.Or],
    (out, i, address) => {
      const all = i.op0Kind === OpKind.Register && isImmediate(i.op1Kind) && immediate(i, 1) === -1;
      if (all) out.push(Op.constant, address, registers[i.op0Register]!, NO_REGISTER, -1);
      else if (isWide(i, 0) && isWide(i, 1)) {
        // A mark in the lowest bits of a pointer.
        const to = registers[i.op0Register]!;
        const at = out.push(Op.index, address, to, to);
        out.memory(at, to, registers[i.op1Register]!, 1, 0, 8);
      } else clobberFirst(out, i, address);
    },
  ],
  [
    [M.Cmp, M.Test],
    (out, i, address) => {
      const tests = i.mnemonic === M.Test;
      const constant = isImmediate(i.op1Kind);
      if (i.op0Kind === OpKind.Memory) {
        const at = out.push(
          Op.compareMemory,
          address,
          NO_REGISTER,
          NO_REGISTER,
          0,
          tests && constant ? immediate(i, 1) : 0,
        );
        memoryOf(out, at, i, 8);
      } else if (constant) {
        const op = tests ? Op.test : Op.compare;
        const at = out.push(op, address, NO_REGISTER, registers[i.op0Register]!, immediate(i, 1));
        out.size[at] = bytesOf(i.op0Register);
      } else if (tests && i.op1Kind === OpKind.Register && i.op0Register === i.op1Register) {
        const at = out.push(Op.test, address, NO_REGISTER, registers[i.op0Register]!);
        out.size[at] = bytesOf(i.op0Register);
      } else if (i.op1Kind === OpKind.Memory) {
        memoryOf(out, out.push(Op.compareMemory, address), i, 8);
      } else out.push(Op.compare, address);
    },
  ],
  [[M.Mul, M.Div, M.Idiv, M.Cdq, M.Cqo, M.Rdtsc, M.Cmpxchg, M.Xgetbv], clobbering(RAX, RDX)],
  [
    [M.Imul],
    (out, i, address) => {
      clobberFirst(out, i, address);
      if (i.opCount === 1) for (const register of [RAX, RDX]) clobber(out, address, register);
    },
  ],
  [[M.Cpuid, M.Cmpxchg16b], clobbering(RAX, RCX, RDX, RBX)],
  [
    strings,
    (out, i, address) => {
      // `movsd` and `cmpsd` are also moves and comparisons of doubles.
      if (i.op0Kind === OpKind.Register && i.op0Register >= Register.XMM0)
        return clobberFirst(out, i, address);
      if (i.op1Kind === OpKind.Register && i.op1Register >= Register.XMM0)
        return clobberFirst(out, i, address);
      for (const register of [RAX, RCX, RSI, RDI]) {
        if (register !== RAX || i.op0Kind === OpKind.Register) clobber(out, address, register);
      }
    },
  ],
];

function addition(sign: 1 | -1): Lower {
  return (out, i, address) => {
    if (i.op0Kind !== OpKind.Register) return clobberFirst(out, i, address);
    const to = registers[i.op0Register]!;
    if (partial[i.op0Register]) clobber(out, address, to);
    else if (isImmediate(i.op1Kind)) out.push(Op.add, address, to, to, sign * immediate(i, 1));
    else if (sign === 1 && i.op1Kind === OpKind.Register) {
      const at = out.push(Op.index, address, to, to);
      out.memory(at, to, registers[i.op1Register]!, 1, 0, 8);
    } else clobber(out, address, to);
  };
}

function clobbering(...implicit: number[]): Lower {
  return (out, i, address) => {
    clobberFirst(out, i, address);
    for (const register of implicit) clobber(out, address, register);
  };
}
