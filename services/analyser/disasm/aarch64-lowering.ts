/**
 * aarch64 instructions as micro-operations: a decoder of the subset that moves addresses, reaches memory and branches;
 * what else writes a register makes it unknown. Encodings: Arm Architecture Reference Manual for A-profile, C4. It must
 * not know functions or files.
 */
import { lowerMemory } from './aarch64-memory.ts';
import { lowerVector } from './aarch64-vector.ts';
import type { CallingConvention, InstructionSet } from './instruction-set.ts';
import { Condition, type MicroOps, NO_REGISTER, Op } from './micro-op.ts';

/** Register 31 is the stack pointer here; where the instruction means zero, it is a constant. */
const SP = 31;
/** The high half of v31, for a constant that no register holds. */
const spare = 95;
const vectors_saved = [8, 9, 10, 11, 12, 13, 14, 15];

const convention: CallingConvention = {
  stackPointer: SP,
  argumentRegisters: [0, 1, 2, 3, 4, 5, 6, 7],
  resultRegister: 0,
  syscallRegister: 8,
  // x0 to x18, the link register, and what of the vector registers nobody saves: of v8 to v15 the high half.
  callClobbers: [
    ...Array.from({ length: 19 }, (_, i) => i),
    30,
    ...Array.from({ length: 64 }, (_, i) => 32 + i).filter((r) => !vectors_saved.includes(r - 32)),
  ],
  returnAddress_bytes: 0,
};

export const aarch64: InstructionSet = { convention, lower };

function lower(bytes: Uint8Array, address: number, out: MicroOps): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at, true);
    const from = out.length;
    lowerOne(out, word, address + at);
    if (isMoveKeep(word)) keepOthers(out, from, word);
  }
}

function lowerOne(out: MicroOps, w: number, pc: number): void {
  const group = (w >>> 25) & 0xf;
  if ((group & 0b1110) === 0b1000) immediateGroup(out, w, pc);
  else if ((group & 0b1110) === 0b1010) branchGroup(out, w, pc);
  else if ((group & 0b0101) === 0b0100) lowerMemory(out, w, pc);
  else if ((group & 0b0111) === 0b0101) registerGroup(out, w, pc);
  else if ((group & 0b0111) === 0b0111) lowerVector(out, w, pc);
  // Scalable vectors: some count into the general register of that number.
  else if (group === 0b0010 && (w & 31) !== 31) out.push(Op.clobber, pc, w & 31);
  else if (w <= 0xffff) out.push(Op.halt, pc);
}

function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

function immediateGroup(out: MicroOps, w: number, pc: number): void {
  const rd = w & 31;
  const rn = (w >>> 5) & 31;
  switch ((w >>> 23) & 7) {
    case 0:
    case 1: {
      const imm = signed((((w >>> 5) & 0x7ffff) << 2) | ((w >>> 29) & 3), 21);
      const page = w >>> 31 === 1;
      constant(out, pc, rd, page ? Math.floor(pc / 4096) * 4096 + imm * 4096 : pc + imm);
      return;
    }
    case 2: {
      const imm = ((w >>> 10) & 0xfff) * ((w >>> 22) & 1 ? 4096 : 1);
      const subtracts = ((w >>> 30) & 1) === 1;
      const flags = ((w >>> 29) & 1) === 1;
      if (flags && rd === 31)
        sized(out, out.push(Op.compare, pc, NO_REGISTER, rn, subtracts ? imm : -imm), w);
      else addImmediate(out, pc, rd, rn, subtracts ? -imm : imm);
      return;
    }
    case 4:
      logicalImmediate(out, w, pc, rd, rn);
      return;
    case 5:
      moveWide(out, w, pc, rd);
      return;
    case 6: {
      // Extensions of a whole word leave addresses as they are.
      const whole = ((w >>> 16) & 63) === 0 && ((w >>> 10) & 63) >= 31;
      if (whole) copy(out, pc, rd, rn);
      else clobber(out, pc, rd);
      return;
    }
    default:
      clobber(out, pc, rd);
  }
}

/** A page and the distance in it, one right after the other, are one address: who looks for addresses must see it. */
function addImmediate(out: MicroOps, pc: number, rd: number, rn: number, n: number): void {
  const before = out.length - 1;
  const page = before >= 0 && out.op[before] === Op.constant && out.d[before] === rn;
  if (page && out.address[before] === pc - 4) {
    out.push(Op.constant, pc, rd, NO_REGISTER, out.imm[before]! + n);
  } else out.push(Op.add, pc, rd, rn, n);
}

function logicalImmediate(out: MicroOps, w: number, pc: number, rd: number, rn: number): void {
  const operation = (w >>> 29) & 3;
  if (operation === 3 && rd === 31) {
    sized(out, out.push(Op.test, pc, NO_REGISTER, rn, bitmask(w) ?? 0), w);
    return;
  }
  const value = operation === 1 && rn === 31 ? bitmask(w) : undefined;
  if (value !== undefined) constant(out, pc, rd, value);
  // Aligning the stack moves it by less than anything that is looked up relative to it.
  else if (operation === 0 && rd === SP) out.push(Op.copy, pc, SP, rn);
  else clobber(out, pc, rd);
}

/** The immediate of a logical instruction where it is a run of ones in 32 or 64 bits that a number can hold. */
function bitmask(w: number): number | undefined {
  const wide = ((w >>> 22) & 1) === 1;
  const ones = ((w >>> 10) & 63) + 1;
  const rotate = (w >>> 16) & 63;
  const size = wide ? 64 : ((w >>> 15) & 1) === 0 ? 32 : 0;
  if (size === 0) return undefined;
  const run = (1n << BigInt(ones)) - 1n;
  const turned = (run >> BigInt(rotate)) | (run << BigInt(size - rotate));
  return Number(BigInt.asUintN(size, turned));
}

function moveWide(out: MicroOps, w: number, pc: number, rd: number): void {
  const operation = (w >>> 29) & 3;
  const shift = ((w >>> 21) & 3) * 16;
  const value = ((w >>> 5) & 0xffff) * 2 ** shift;
  // movk is completed by `keepOthers`.
  if (operation === 0) constant(out, pc, rd, w >>> 31 === 1 ? -value - 1 : 2 ** 32 - 1 - value);
  else constant(out, pc, rd, value);
}

function isMoveKeep(w: number): boolean {
  return (w & 0x7f800000) === 0x72800000;
}

/** movk replaces 16 bits of what the moves directly before it put there. */
function keepOthers(out: MicroOps, at: number, w: number): void {
  const rd = w & 31;
  const before = at - 1;
  const shift = 2 ** (((w >>> 21) & 3) * 16);
  const follows = before >= 0 && out.op[before] === Op.constant && out.d[before] === rd;
  if (!follows || out.address[before] !== out.address[at]! - 4) {
    out.op[at] = Op.clobber;
    return;
  }
  const kept = out.imm[before]!;
  const old = Math.floor(kept / shift) % 65536;
  out.imm[at] = kept - old * shift + ((w >>> 5) & 0xffff) * shift;
}

function branchGroup(out: MicroOps, w: number, pc: number): void {
  const top = w >>> 26;
  if (top === 0b000101) jump(out, pc, Op.jump, signed(w & 0x3ffffff, 26));
  else if (top === 0b100101) {
    out.push(Op.call, pc, NO_REGISTER, NO_REGISTER, pc + signed(w & 0x3ffffff, 26) * 4, pc + 4);
  } else if ((w & 0xff000000) >>> 0 === 0x54000000) {
    const condition = comparesBefore(out, pc) ? conditions[w & 15] : undefined;
    jump(out, pc, Op.jumpIf, signed((w >>> 5) & 0x7ffff, 19), condition);
  } else if ((w & 0x7e000000) === 0x34000000) {
    sized(out, out.push(Op.test, pc, NO_REGISTER, w & 31), w);
    const condition = (w >>> 24) & 1 ? Condition.notEqual : Condition.equal;
    jump(out, pc, Op.jumpIf, signed((w >>> 5) & 0x7ffff, 19), condition);
  } else if ((w & 0x7e000000) === 0x36000000) jump(out, pc, Op.jumpIf, signed((w >>> 5) & 0x3fff, 14));
  else if ((w & 0xfe000000) >>> 0 === 0xd6000000) branchRegister(out, w, pc);
  else if ((w & 0xffe0001f) >>> 0 === 0xd4000001) out.push(Op.syscall, pc);
  else if ((w & 0xff000000) >>> 0 === 0xd4000000) out.push(Op.halt, pc);
  else if ((w & 0xfff00000) >>> 0 === 0xd5300000) clobber(out, pc, w & 31);
}

/** With or without pointer authentication. */
function branchRegister(out: MicroOps, w: number, pc: number): void {
  const register = (w >>> 5) & 31;
  switch ((w >>> 21) & 7) {
    case 0:
      out.push(Op.jumpRegister, pc, NO_REGISTER, register);
      return;
    case 1:
      out.push(Op.callRegister, pc, NO_REGISTER, register, 0, pc + 4);
      return;
    case 2:
      out.push(Op.ret, pc);
      return;
    default:
      out.push(Op.halt, pc);
  }
}

function jump(out: MicroOps, pc: number, op: number, words: number, condition: number = NO_REGISTER): void {
  out.push(op, pc, condition, NO_REGISTER, pc + words * 4);
}

/** By the instruction's own number: eq ne hs lo mi pl vs vc hi ls ge lt gt le. */
const { equal, notEqual, notBelow, below, negative, notNegative, above, notAbove } = Condition;
const { notLess, less, greater, notGreater } = Condition;
const conditions: readonly (number | undefined)[] = [
  ...[equal, notEqual, notBelow, below, negative, notNegative, undefined, undefined],
  ...[above, notAbove, notLess, less, greater, notGreater],
];

/** Whether the instruction before is the comparison: others that set flags have no operation. */
function comparesBefore(out: MicroOps, pc: number): boolean {
  const last = out.length - 1;
  const op = out.op[last];
  return last >= 0 && out.address[last] === pc - 4 && (op === Op.compare || op === Op.test);
}

/** Of 32 bits or 64. */
function sized(out: MicroOps, at: number, w: number): void {
  out.size[at] = w >>> 31 === 1 ? 8 : 4;
}

function registerGroup(out: MicroOps, w: number, pc: number): void {
  const rd = w & 31;
  const rn = (w >>> 5) & 31;
  const rm = (w >>> 16) & 31;
  if ((w & 0x1f000000) === 0x0a000000) logicalRegister(out, w, pc, rd, rm);
  else if ((w & 0x1f000000) === 0x0b000000) addRegister(out, w, pc, rd, rn, rm);
  else if ((w & 0x7fe00c00) === 0x1a800000) {
    // What it chooses from may be its own register.
    if (rd === rm && rd !== 31) out.push(Op.choose, pc, rd, zeroAware(out, pc, rn));
    else copy(out, pc, rd, rn);
    if (rd !== 31 && rd !== rm) out.push(Op.choose, pc, rd, zeroAware(out, pc, rm));
  } else if ((w & 0x1fe00000) !== 0x1a400000) clobber(out, pc, rd);
}

function logicalRegister(out: MicroOps, w: number, pc: number, rd: number, rm: number): void {
  const moves = (w & 0x7fe0ffe0) === 0x2a0003e0;
  if (moves) copy(out, pc, rd, rm);
  else if (!(((w >>> 29) & 3) === 3 && rd === 31)) clobber(out, pc, rd);
}

/** Bytes that an extension takes of the register, with their sign; 8: all of it. */
const extension_bytes = [8, 8, 8, 8, 1, 2, 4, 8];

function addRegister(out: MicroOps, w: number, pc: number, rd: number, rn: number, rm: number): void {
  const subtracts = ((w >>> 30) & 1) === 1;
  const flags = ((w >>> 29) & 1) === 1;
  if (flags && rd === 31) return;
  const extended = ((w >>> 21) & 1) === 1;
  const shift = extended ? (w >>> 10) & 7 : (w >>> 22) & 3 ? 64 : (w >>> 10) & 63;
  if (subtracts || shift > 4 || rm === 31 || (!extended && rn === 31)) {
    if (extended && !flags) out.push(Op.clobber, pc, rd);
    else clobber(out, pc, rd);
    return;
  }
  const at = out.push(Op.index, pc, rd, rn);
  out.memory(at, rn, rm, 2 ** shift, 0, extended ? extension_bytes[(w >>> 13) & 7]! : 8);
}

function zeroAware(out: MicroOps, pc: number, register: number): number {
  if (register !== 31) return register;
  out.push(Op.constant, pc, spare);
  return spare;
}

function constant(out: MicroOps, pc: number, rd: number, value: number): void {
  if (rd !== 31) out.push(Op.constant, pc, rd, NO_REGISTER, value);
}

function copy(out: MicroOps, pc: number, rd: number, from: number): void {
  if (rd === 31) return;
  if (from === 31) out.push(Op.constant, pc, rd);
  else out.push(Op.copy, pc, rd, from);
}

function clobber(out: MicroOps, pc: number, rd: number): void {
  if (rd !== 31) out.push(Op.clobber, pc, rd);
}
