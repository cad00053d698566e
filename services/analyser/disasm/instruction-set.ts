/** What differs between instruction sets once instructions are lowered. It must not know how they are encoded. */
import type { MicroOps } from './micro-op.ts';

export interface CallingConvention {
  readonly stackPointer: number;
  /** Integer and pointer arguments, in order; the others are on the stack. */
  readonly argumentRegisters: readonly number[];
  readonly resultRegister: number;
  /** Holds a system call's number. */
  readonly syscallRegister: number;
  /** Registers that a call may change. */
  readonly callClobbers: readonly number[];
  /** Bytes that the call instruction itself pushes. */
  readonly returnAddress_bytes: number;
  /** What stands on the stack behind an argument is recorded so far; left out: nothing is. */
  readonly pointed_words?: number;
}

export interface InstructionSet {
  readonly convention: CallingConvention;
  /**
   * Appends the operations of the code at [address, address + bytes.length). Bytes that are no instruction end in
   * `halt`; decoding goes on behind them.
   */
  lower(bytes: Uint8Array, address: number, into: MicroOps): void;
}
