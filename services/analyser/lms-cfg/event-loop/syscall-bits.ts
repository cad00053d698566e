/** Sets of a program's syscalls as bits. */
import type { ProgramTable } from '../program-table.ts';

export type SyscallBits = Uint32Array;

export function emptyBits(table: ProgramTable): SyscallBits {
  return new Uint32Array((table.syscalls.length + 31) >>> 5);
}

/** Whether anything was added. */
export function addBits(to: SyscallBits, from: SyscallBits): boolean {
  let added = 0;
  for (let word = 0; word < to.length; word++) {
    added |= from[word]! & ~to[word]!;
    to[word]! |= from[word]!;
  }
  return added !== 0;
}

export function addBit(to: SyscallBits, syscall: number): boolean {
  const before = to[syscall >>> 5]!;
  to[syscall >>> 5]! |= 1 << (syscall & 31);
  return to[syscall >>> 5] !== before;
}

export function syscallNames(table: ProgramTable, bits: SyscallBits): string[] {
  const names = table.syscalls.filter((_, n) => ((bits[n >>> 5]! >>> (n & 31)) & 1) === 1);
  // By code units: the same on every machine.
  return names.sort();
}
