/** Vector instructions, as far as compilers move pairs of pointers through vector registers. */
import iced from 'iced-x86';
import { NO_REGISTER, Op } from './micro-op.ts';
import { clobberFirst, copy, type Handling, loadFrom, storeTo } from './x86-operand.ts';
import { registers, vector_first, vector_high } from './x86-registers.ts';

const { Mnemonic, OpKind } = iced;
const M = Mnemonic;
const wide = [M.Movaps, M.Movups, M.Movdqa, M.Movdqu, M.Movapd, M.Movupd];
const wideVex = [M.Vmovaps, M.Vmovups, M.Vmovdqa, M.Vmovdqu, M.Vmovapd, M.Vmovupd];

export const vectorMoves: readonly Handling[] = [
  [
    [...wide, ...wideVex],
    (out, i, address) => {
      if (i.op0Kind === OpKind.Memory) {
        const from = registers[i.op1Register]!;
        storeTo(out, i, address, from, 8);
        storeTo(out, i, address, from === NO_REGISTER ? from : from + vector_high, 8, 8);
        return;
      }
      const to = registers[i.op0Register]!;
      if (to === NO_REGISTER) return;
      if (i.op1Kind === OpKind.Memory) {
        loadFrom(out, i, address, to, 8);
        loadFrom(out, i, address, to + vector_high, 8, 8);
      } else {
        const from = registers[i.op1Register]!;
        copy(out, address, to, from);
        if (from !== NO_REGISTER) out.push(Op.copy, address, to + vector_high, from + vector_high);
      }
    },
  ],
  [
    [M.Movq, M.Movd, M.Movlps, M.Movlpd, M.Vmovq, M.Vmovd],
    (out, i, address) => {
      const size = i.mnemonic === M.Movd || i.mnemonic === M.Vmovd ? 4 : 8;
      if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, registers[i.op1Register]!, size);
      else {
        const to = registers[i.op0Register]!;
        if (to === NO_REGISTER) return;
        if (i.op1Kind === OpKind.Memory) loadFrom(out, i, address, to, size);
        else copy(out, address, to, registers[i.op1Register]!);
        if (to >= vector_first) out.push(Op.constant, address, to + vector_high);
      }
    },
  ],
  [
    [M.Movhps, M.Movhpd],
    (out, i, address) => {
      if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, registers[i.op1Register]! + vector_high, 8);
      else loadFrom(out, i, address, registers[i.op0Register]! + vector_high, 8);
    },
  ],
  [
    [M.Punpcklqdq, M.Vpunpcklqdq, M.Movlhps],
    (out, i, address) => {
      const to = registers[i.op0Register]!;
      const last = i.opCount === 3 ? i.op2Kind === OpKind.Register : i.op1Kind === OpKind.Register;
      if (!last) return clobberFirst(out, i, address);
      const second = registers[i.opCount === 3 ? i.op2Register : i.op1Register]!;
      out.push(Op.copy, address, to + vector_high, second);
      if (i.opCount === 3) out.push(Op.copy, address, to, registers[i.op1Register]!);
    },
  ],
  [
    [M.Pinsrq, M.Vpinsrq],
    (out, i, address) => {
      const to = registers[i.op0Register]!;
      const three = i.mnemonic === M.Vpinsrq;
      if (three) out.push(Op.copy, address, to, registers[i.op1Register]!);
      const kind = three ? i.op2Kind : i.op1Kind;
      const register = three ? i.op2Register : i.op1Register;
      if (kind === OpKind.Register) out.push(Op.copy, address, to + vector_high, registers[register]!);
      else loadFrom(out, i, address, to + vector_high, 8);
    },
  ],
];
