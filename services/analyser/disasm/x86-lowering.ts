/** x86-64 instructions, decoded by iced-x86, as micro-operations. It must not know functions or files. */
import iced from 'iced-x86';
import type { InstructionSet } from './instruction-set.ts';
import { type MicroOps, NO_REGISTER, Op } from './micro-op.ts';
import { arithmetic } from './x86-arithmetic.ts';
import { moves } from './x86-move.ts';
import { clobberFirst, type Decoded, type Lower, memoryOf } from './x86-operand.ts';
import { conditions, convention, registers } from './x86-registers.ts';
import { readThunk } from './x86-thunk.ts';
import { vectorMoves } from './x86-vector.ts';

const { Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind } = iced;

export const x86: InstructionSet = { convention, lower };

/** By mnemonic. */
const handlers: (Lower | undefined)[] = [];
for (const [mnemonics, handler] of [...moves, ...arithmetic, ...vectorMoves]) {
  for (const mnemonic of mnemonics) handlers[mnemonic] = handler;
}

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
