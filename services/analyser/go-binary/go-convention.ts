/**
 * How Go calls functions (ABIInternal, Go 1.17 and later): arguments word by word in registers of its own choice, and
 * no register but the stack pointer and the goroutine's is the caller's to rely on. Source: cmd/compile/abi-internal.md.
 * It must not know what functions do.
 */
import { aarch64 } from '../disasm/aarch64-lowering.ts';
import type { InstructionSet } from '../disasm/instruction-set.ts';
import { x86 } from '../disasm/x86-lowering.ts';
import { RAX, RBP, RSP } from '../disasm/x86-registers.ts';
import type { Architecture } from '../elf/elf-image.ts';

/** Of a slice of 16 values that stands on the stack. */
const pointed_words = 32;
const goroutine_x86 = 14;
const goroutine_aarch64 = 28;
const vectors = Array.from({ length: 64 }, (_, i) => 32 + i);

const general = (count: number, kept: readonly number[]): number[] =>
  Array.from({ length: count }, (_, register) => register).filter((register) => !kept.includes(register));

const sets: Readonly<Record<Architecture, InstructionSet>> = {
  'x86-64': {
    ...x86,
    convention: {
      ...x86.convention,
      // RAX, RBX, RCX, RDI, RSI, R8 to R11.
      argumentRegisters: [RAX, 3, 1, 7, 6, 8, 9, 10, 11],
      callClobbers: [...general(16, [RSP, RBP, goroutine_x86]), ...vectors],
      pointed_words,
    },
  },
  aarch64: {
    ...aarch64,
    convention: {
      ...aarch64.convention,
      argumentRegisters: Array.from({ length: 16 }, (_, i) => i),
      callClobbers: [...general(31, [goroutine_aarch64, 29]), ...vectors],
      pointed_words,
    },
  },
};

export function goInstructionSet(architecture: Architecture): InstructionSet {
  return sets[architecture];
}
