/** Operands of decoded instructions as micro-operations: what they load, store, copy and clobber. */
import iced from 'iced-x86';
import { type MicroOps, NO_REGISTER, Op } from './micro-op.ts';
import { registers, vector_first, vector_high } from './x86-registers.ts';

const { Instruction, OpKind, Register } = iced;
export type Decoded = InstanceType<typeof Instruction>;

/** Appends what an instruction does. */
export type Lower = (out: MicroOps, i: Decoded, address: number) => void;
/** Instructions, and what does them. */
export type Handling = readonly [mnemonics: readonly number[], lower: Lower];

/** What an instruction that is not modelled may have changed: the first operand. */
export function clobberFirst(out: MicroOps, i: Decoded, address: number): void {
  if (i.opCount === 0) return;
  if (i.op0Kind === OpKind.Register) clobber(out, address, registers[i.op0Register]!);
  else if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, NO_REGISTER, 8);
}

export function clobber(out: MicroOps, address: number, register: number): void {
  if (register === NO_REGISTER) return;
  out.push(Op.clobber, address, register);
  if (register >= vector_first) out.push(Op.clobber, address, register + vector_high);
}

/** `fs:` and `gs:` places are the thread's own and are not followed. */
export function memoryOf(out: MicroOps, at: number, i: Decoded, size: number): void {
  const base = i.memoryBase;
  const displacement = Number(BigInt.asIntN(64, i.memoryDisplacement));
  const segment = i.segmentPrefix;
  if (segment === Register.FS || segment === Register.GS) {
    out.memory(at, NO_REGISTER, NO_REGISTER, 0, 0, size);
  } else if (base === Register.RIP || base === Register.EIP) {
    out.memory(at, NO_REGISTER, NO_REGISTER, 1, displacement, size);
  } else {
    out.memory(at, registers[base]!, registers[i.memoryIndex]!, i.memoryIndexScale, displacement, size);
  }
}

export function loadFrom(
  out: MicroOps,
  i: Decoded,
  address: number,
  to: number,
  size: number,
  skip = 0,
): void {
  const at = out.push(Op.load, address, to);
  memoryOf(out, at, i, size);
  out.imm[at]! += skip;
}

export function storeTo(
  out: MicroOps,
  i: Decoded,
  address: number,
  from: number,
  size: number,
  skip = 0,
): void {
  const at = out.push(Op.store, address, NO_REGISTER, from);
  memoryOf(out, at, i, size);
  out.imm[at]! += skip;
}

export function isImmediate(kind: number): boolean {
  return kind >= OpKind.Immediate8 && kind <= OpKind.Immediate32to64;
}

export function isWide(i: Decoded, operand: number): boolean {
  const register = i.opRegister(operand);
  return i.opKind(operand) === OpKind.Register && register >= Register.RAX && register <= Register.R15;
}

export function immediate(i: Decoded, operand: number): number {
  return Number(BigInt.asIntN(64, i.immediate(operand)));
}

export function copy(out: MicroOps, address: number, to: number, from: number): void {
  if (from === NO_REGISTER) clobber(out, address, to);
  else out.push(Op.copy, address, to, from);
}
