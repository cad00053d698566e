/** x86-64 instructions, decoded by iced-x86, as micro-operations. It must not know functions or files. */
import iced from 'iced-x86';
import type { CallingConvention, InstructionSet } from './instruction-set.ts';
import { Condition, type MicroOps, NO_REGISTER, Op } from './micro-op.ts';
import { readThunk } from './x86-thunk.ts';

const { ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register } = iced;
type Decoded = InstanceType<typeof Instruction>;

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RSP = 4;
export const RBP = 5;
const RSI = 6;
const RDI = 7;
const vector_first = 32;
const vector_high = 32;

const convention: CallingConvention = {
  stackPointer: RSP,
  argumentRegisters: [RDI, RSI, RDX, RCX, 8, 9],
  resultRegister: RAX,
  syscallRegister: RAX,
  // All vector registers are the caller's to save.
  callClobbers: [RAX, RCX, RDX, RSI, RDI, 8, 9, 10, 11, ...Array.from({ length: 64 }, (_, i) => 32 + i)],
  returnAddress_bytes: 8,
};

export const x86: InstructionSet = { convention, lower };

/** Register number by iced's number; NO_REGISTER for those that are not followed. */
const registers = new Int8Array(512).fill(NO_REGISTER);
/** Whether writing it leaves part of the register as it was. */
const partial = new Uint8Array(512);
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

/** By iced's number. */
const conditions = new Int8Array(17).fill(NO_REGISTER);
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

type Lower = (out: MicroOps, i: Decoded, address: number) => void;
const handlers: (Lower | undefined)[] = [];

function lower(bytes: Uint8Array, address: number, out: MicroOps): void {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  decoder.ip = BigInt(address);
  const instruction = new Instruction();
  try {
    while (decoder.canDecode) {
      const at = decoder.position;
      if (bytes[at] === 0xe8) {
        const thunk = readThunk(bytes, at);
        if (thunk !== undefined) {
          if (thunk.register === undefined) out.push(Op.ret, address + at);
          else out.push(Op.jumpRegister, address + at, NO_REGISTER, thunk.register);
          decoder.position = thunk.end;
          decoder.ip = BigInt(address + thunk.end);
          continue;
        }
      }
      decoder.decodeOut(instruction);
      lowerOne(out, instruction, address + at, address + decoder.position);
    }
  } finally {
    instruction.free();
    decoder.free();
  }
}

function lowerOne(out: MicroOps, i: Decoded, address: number, next: number): void {
  const handler = handlers[i.mnemonic];
  const flow = i.flowControl;
  if (handler !== undefined) handler(out, i, address);
  else if (flow !== FlowControl.Next) lowerFlow(out, i, flow, address, next);
  else clobberFirst(out, i, address);
}

function lowerFlow(out: MicroOps, i: Decoded, flow: number, address: number, next: number): void {
  switch (flow) {
    case FlowControl.Call:
      // iced takes a system call for a call.
      if (i.mnemonic === Mnemonic.Syscall) out.push(Op.syscall, address);
      else out.push(Op.call, address, NO_REGISTER, NO_REGISTER, Number(i.nearBranchTarget), next);
      return;
    case FlowControl.IndirectCall:
      branchThrough(out, i, address, Op.callRegister, Op.callMemory, next);
      return;
    case FlowControl.UnconditionalBranch:
      out.push(Op.jump, address, NO_REGISTER, NO_REGISTER, Number(i.nearBranchTarget));
      return;
    case FlowControl.ConditionalBranch:
      out.push(Op.jumpIf, address, conditions[i.conditionCode], NO_REGISTER, Number(i.nearBranchTarget));
      return;
    case FlowControl.IndirectBranch:
      branchThrough(out, i, address, Op.jumpRegister, Op.jumpMemory, 0);
      return;
    case FlowControl.Return:
      out.push(Op.ret, address);
      return;
    default:
      if (flow !== FlowControl.XbeginXabortXend) out.push(Op.halt, address);
  }
}

function branchThrough(
  out: MicroOps,
  i: Decoded,
  address: number,
  byRegister: number,
  byMemory: number,
  next: number,
): void {
  if (i.op0Kind === OpKind.Register) {
    out.push(byRegister, address, NO_REGISTER, registers[i.op0Register]!, 0, next);
  } else {
    const at = out.push(byMemory, address, NO_REGISTER, NO_REGISTER, 0, next);
    memoryOf(out, at, i, 8);
  }
}

/** What an instruction that is not modelled may have changed: the first operand. */
function clobberFirst(out: MicroOps, i: Decoded, address: number): void {
  if (i.opCount === 0) return;
  if (i.op0Kind === OpKind.Register) clobber(out, address, registers[i.op0Register]!);
  else if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, NO_REGISTER, 8);
}

function clobber(out: MicroOps, address: number, register: number): void {
  if (register === NO_REGISTER) return;
  out.push(Op.clobber, address, register);
  if (register >= vector_first) out.push(Op.clobber, address, register + vector_high);
}

/** `fs:` and `gs:` places are the thread's own and are not followed. */
function memoryOf(out: MicroOps, at: number, i: Decoded, size: number): void {
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

function loadFrom(out: MicroOps, i: Decoded, address: number, to: number, size: number, skip = 0): void {
  const at = out.push(Op.load, address, to);
  memoryOf(out, at, i, size);
  out.imm[at]! += skip;
}

function storeTo(out: MicroOps, i: Decoded, address: number, from: number, size: number, skip = 0): void {
  const at = out.push(Op.store, address, NO_REGISTER, from);
  memoryOf(out, at, i, size);
  out.imm[at]! += skip;
}

function isImmediate(kind: number): boolean {
  return kind >= OpKind.Immediate8 && kind <= OpKind.Immediate32to64;
}

function isWide(i: Decoded, operand: number): boolean {
  const register = i.opRegister(operand);
  return i.opKind(operand) === OpKind.Register && register >= Register.RAX && register <= Register.R15;
}

function immediate(i: Decoded, operand: number): number {
  return Number(BigInt.asIntN(64, i.immediate(operand)));
}

function bytesOf(register: number): number {
  if (register >= Register.RAX && register <= Register.R15) return 8;
  if (register >= Register.EAX && register <= Register.R15D) return 4;
  return partial[register] === 1 && register >= Register.AX ? 2 : 1;
}

function on(mnemonics: readonly number[], handler: Lower): void {
  for (const mnemonic of mnemonics) handlers[mnemonic] = handler;
}

const M = Mnemonic;
const nothing: Lower = () => {};
on([M.Nop, M.Endbr64, M.Endbr32, M.Pause, M.Lfence, M.Sfence, M.Mfence], nothing);
on([M.Prefetcht0, M.Prefetchw, M.Cwde, M.Cdqe], nothing);
on([M.Ucomisd, M.Ucomiss, M.Comisd, M.Comiss, M.Bt, M.Ptest], (out, _, address) => {
  out.push(Op.compare, address);
});

on([M.Mov], (out, i, address) => {
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
});

/** A 32-bit move clears the upper half. */
function moved(i: Decoded): number {
  const value = immediate(i, 1);
  return i.op1Kind === OpKind.Immediate32 ? value >>> 0 : value;
}

function copy(out: MicroOps, address: number, to: number, from: number): void {
  if (from === NO_REGISTER) clobber(out, address, to);
  else out.push(Op.copy, address, to, from);
}

on([M.Lea], (out, i, address) => {
  const to = registers[i.op0Register]!;
  const at = out.push(Op.index, address, to);
  memoryOf(out, at, i, 8);
  if (out.b[at] === NO_REGISTER && out.x[at] === NO_REGISTER) out.op[at] = Op.constant;
  else if (out.x[at] === NO_REGISTER) out.op[at] = Op.add;
  out.a[at] = out.b[at]!;
});

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
on([M.Add], addition(1));
on([M.Sub], addition(-1));
on([M.Inc, M.Dec], (out, i, address) => {
  if (i.op0Kind !== OpKind.Register || partial[i.op0Register]) return clobberFirst(out, i, address);
  const to = registers[i.op0Register]!;
  out.push(Op.add, address, to, to, i.mnemonic === M.Inc ? 1 : -1);
});

on([M.Xor, M.Pxor, M.Xorps, M.Xorpd], (out, i, address) => {
  const same =
    i.op0Kind === OpKind.Register && i.op1Kind === OpKind.Register && i.op0Register === i.op1Register;
  if (!same) return clobberFirst(out, i, address);
  const to = registers[i.op0Register]!;
  if (to === NO_REGISTER) return;
  out.push(Op.constant, address, to);
  if (to >= vector_first) out.push(Op.constant, address, to + vector_high);
});
on([M.And], (out, i, address) => {
  // Aligning the stack moves it by less than anything that is looked up relative to it.
  if (i.op0Kind === OpKind.Register && registers[i.op0Register] === RSP) return;
  // So are other pointers, or freed of marks in their lowest bits.
  if (i.op0Kind === OpKind.Register && i.op1Kind === OpKind.Immediate8to64 && immediate(i, 1) < 0) {
    const to = registers[i.op0Register]!;
    const at = out.push(Op.index, address, to, to);
    out.memory(at, to, NO_REGISTER, 1, 0, 8);
  } else clobberFirst(out, i, address);
});
on([M.Or], (out, i, address) => {
  const all = i.op0Kind === OpKind.Register && isImmediate(i.op1Kind) && immediate(i, 1) === -1;
  if (all) out.push(Op.constant, address, registers[i.op0Register]!, NO_REGISTER, -1);
  else if (isWide(i, 0) && isWide(i, 1)) {
    // A mark in the lowest bits of a pointer.
    const to = registers[i.op0Register]!;
    const at = out.push(Op.index, address, to, to);
    out.memory(at, to, registers[i.op1Register]!, 1, 0, 8);
  } else clobberFirst(out, i, address);
});

on([M.Push], (out, i, address) => {
  // Through a register that no code names, and by the stack pointer as it was before.
  if (i.op0Kind === OpKind.Memory) loadFrom(out, i, address, 31, 8);
  out.push(Op.add, address, RSP, RSP, -8);
  let at: number;
  if (i.op0Kind === OpKind.Register) at = out.push(Op.store, address, NO_REGISTER, registers[i.op0Register]!);
  else if (isImmediate(i.op0Kind)) {
    at = out.push(Op.storeConstant, address, NO_REGISTER, NO_REGISTER, 0, immediate(i, 0));
  } else at = out.push(Op.store, address, NO_REGISTER, 31);
  out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
});
on([M.Pop], (out, i, address) => {
  if (i.op0Kind === OpKind.Register) {
    const at = out.push(Op.load, address, registers[i.op0Register]!);
    out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
  }
  out.push(Op.add, address, RSP, RSP, 8);
});
on([M.Leave], (out, _, address) => {
  out.push(Op.copy, address, RSP, RBP);
  const at = out.push(Op.load, address, RBP);
  out.memory(at, RSP, NO_REGISTER, 1, 0, 8);
  out.push(Op.add, address, RSP, RSP, 8);
});

on([M.Cmp, M.Test], (out, i, address) => {
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
});
on([M.Movsxd, M.Movsx, M.Movzx], (out, i, address) => {
  const to = registers[i.op0Register]!;
  if (partial[i.op0Register]) clobber(out, address, to);
  else if (i.op1Kind === OpKind.Memory) loadFrom(out, i, address, to, i.mnemonic === M.Movsxd ? 4 : 1);
  else {
    copy(out, address, to, registers[i.op1Register]!);
    out.size[out.length - 1] = bytesOf(i.op1Register);
  }
});

for (const name of Object.keys(Mnemonic).filter((name) => name.startsWith('Cmov'))) {
  on([(Mnemonic as unknown as Record<string, number>)[name]!], (out, i, address) => {
    const to = registers[i.op0Register]!;
    if (i.op1Kind === OpKind.Register) {
      out.push(Op.choose, address, to, registers[i.op1Register]!);
      return;
    }
    loadFrom(out, i, address, 31, 8);
    out.push(Op.choose, address, to, 31);
  });
}
for (const name of Object.keys(Mnemonic).filter((name) => /^Set[a-z]+$/.test(name))) {
  on([(Mnemonic as unknown as Record<string, number>)[name]!], (out, i, address) =>
    clobberFirst(out, i, address),
  );
}

function clobbering(...implicit: number[]): Lower {
  return (out, i, address) => {
    clobberFirst(out, i, address);
    for (const register of implicit) clobber(out, address, register);
  };
}
on([M.Mul, M.Div, M.Idiv, M.Cdq, M.Cqo, M.Rdtsc, M.Cmpxchg, M.Xgetbv], clobbering(RAX, RDX));
on([M.Imul], (out, i, address) => {
  clobberFirst(out, i, address);
  if (i.opCount === 1) for (const register of [RAX, RDX]) clobber(out, address, register);
});
on([M.Cpuid, M.Cmpxchg16b], clobbering(RAX, RCX, RDX, 3));
const strings = [
  [M.Movsb, M.Movsw, M.Movsd, M.Movsq],
  [M.Stosb, M.Stosw, M.Stosd, M.Stosq],
  [M.Scasb, M.Scasw, M.Scasd, M.Scasq],
  [M.Cmpsb, M.Cmpsw, M.Cmpsd, M.Cmpsq],
  [M.Lodsb, M.Lodsw, M.Lodsd, M.Lodsq],
].flat();
on(strings, (out, i, address) => {
  // `movsd` and `cmpsd` are also moves and comparisons of doubles.
  if (i.op0Kind === OpKind.Register && i.op0Register >= Register.XMM0) return clobberFirst(out, i, address);
  if (i.op1Kind === OpKind.Register && i.op1Register >= Register.XMM0) return clobberFirst(out, i, address);
  for (const register of [RAX, RCX, RSI, RDI]) {
    if (register !== RAX || i.op0Kind === OpKind.Register) clobber(out, address, register);
  }
});
on([M.Xchg, M.Xadd, M.Mulx], (out, i, address) => {
  clobberFirst(out, i, address);
  if (i.op1Kind === OpKind.Register) clobber(out, address, registers[i.op1Register]!);
});

// Compilers move pairs of pointers through vector registers.
const wide = [M.Movaps, M.Movups, M.Movdqa, M.Movdqu, M.Movapd, M.Movupd];
const wideVex = [M.Vmovaps, M.Vmovups, M.Vmovdqa, M.Vmovdqu, M.Vmovapd, M.Vmovupd];
on([...wide, ...wideVex], (out, i, address) => {
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
});
on([M.Movq, M.Movd, M.Movlps, M.Movlpd, M.Vmovq, M.Vmovd], (out, i, address) => {
  const size = i.mnemonic === M.Movd || i.mnemonic === M.Vmovd ? 4 : 8;
  if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, registers[i.op1Register]!, size);
  else {
    const to = registers[i.op0Register]!;
    if (to === NO_REGISTER) return;
    if (i.op1Kind === OpKind.Memory) loadFrom(out, i, address, to, size);
    else copy(out, address, to, registers[i.op1Register]!);
    if (to >= vector_first) out.push(Op.constant, address, to + vector_high);
  }
});
on([M.Movhps, M.Movhpd], (out, i, address) => {
  if (i.op0Kind === OpKind.Memory) storeTo(out, i, address, registers[i.op1Register]! + vector_high, 8);
  else loadFrom(out, i, address, registers[i.op0Register]! + vector_high, 8);
});
on([M.Punpcklqdq, M.Vpunpcklqdq, M.Movlhps], (out, i, address) => {
  const to = registers[i.op0Register]!;
  const last = i.opCount === 3 ? i.op2Kind === OpKind.Register : i.op1Kind === OpKind.Register;
  if (!last) return clobberFirst(out, i, address);
  const second = registers[i.opCount === 3 ? i.op2Register : i.op1Register]!;
  out.push(Op.copy, address, to + vector_high, second);
  if (i.opCount === 3) out.push(Op.copy, address, to, registers[i.op1Register]!);
});
on([M.Pinsrq, M.Vpinsrq], (out, i, address) => {
  const to = registers[i.op0Register]!;
  const three = i.mnemonic === M.Vpinsrq;
  if (three) out.push(Op.copy, address, to, registers[i.op1Register]!);
  const kind = three ? i.op2Kind : i.op1Kind;
  const register = three ? i.op2Register : i.op1Register;
  if (kind === OpKind.Register) out.push(Op.copy, address, to + vector_high, registers[register]!);
  else loadFrom(out, i, address, to + vector_high, 8);
});
