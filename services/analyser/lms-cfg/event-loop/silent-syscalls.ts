/** Syscalls that a function can make on its way from entry to return without printing. It must not know loops. */
import type { PassSummary } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';

/** Sets of syscalls as bits. */
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

export function addBit(to: SyscallBits, syscall: number): void {
  to[syscall >>> 5]! |= 1 << (syscall & 31);
}

export function namesOf(table: ProgramTable, bits: SyscallBits): string[] {
  const names = table.syscalls.filter((_, n) => ((bits[n >>> 5]! >>> (n & 31)) & 1) === 1);
  // By code units: the same on every machine.
  return names.sort();
}

/** By target set. */
export class SilentSyscalls {
  readonly #table: ProgramTable;
  readonly #silent: PassSummary;
  /** Blocks on a silent way to the return, by function in the order of blocks. */
  readonly #onWay: Uint8Array;
  readonly #ofFunction = new Map<number, SyscallBits>();
  readonly #ofSet = new Map<number, SyscallBits>();

  constructor(table: ProgramTable, silent: PassSummary) {
    this.#table = table;
    this.#silent = silent;
    this.#onWay = this.#blocksOnWay();
    while (this.#round());
  }

  ofSet(set: number): SyscallBits {
    const known = this.#ofSet.get(set);
    if (known !== undefined) return known;
    const bits = this.#unionOf(set);
    this.#ofSet.set(set, bits);
    return bits;
  }

  #blocksOnWay(): Uint8Array {
    const { blockCount, eventFirst, returns, predecessors } = this.#table;
    const { passed } = this.#silent;
    const isPassed = (block: number): boolean =>
      passed[block] === eventFirst[block + 1]! - eventFirst[block]!;
    const marks = new Uint8Array(blockCount);
    const queue: number[] = [];
    const mark = (block: number): void => {
      if (marks[block] === 1 || !isPassed(block)) return;
      marks[block] = 1;
      queue.push(block);
    };
    for (let block = 0; block < blockCount; block++) if (returns[block] === 1) mark(block);
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      for (let at = predecessors.first[block]!; at < predecessors.first[block + 1]!; at++)
        mark(predecessors.next[at]!);
    }
    return marks;
  }

  /** Whether a function was found to make more than known so far. Bounded by syscalls and the depth of calls. */
  #round(): boolean {
    const { blockCount, eventFirst, eventKind, eventValue, functionOf } = this.#table;
    let changed = false;
    for (let block = blockCount - 1; block >= 0; block--) {
      if (this.#onWay[block] === 0) continue;
      for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++) {
        const bits = this.#bitsOf(functionOf[block]!);
        const value = eventValue[event]!;
        if (eventKind[event] === EventKind.call) changed = addBits(bits, this.#unionOf(value)) || changed;
        else if (eventKind[event] === EventKind.syscall) {
          const word = bits[value >>> 5]!;
          addBit(bits, value);
          changed = changed || bits[value >>> 5] !== word;
        }
      }
    }
    return changed;
  }

  #unionOf(set: number): SyscallBits {
    const { targetSets } = this.#table;
    const bits = emptyBits(this.#table);
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++) {
      const made = this.#ofFunction.get(targetSets.next[at]!);
      if (made !== undefined) addBits(bits, made);
    }
    return bits;
  }

  #bitsOf(f: number): SyscallBits {
    const known = this.#ofFunction.get(f);
    if (known !== undefined) return known;
    const bits = emptyBits(this.#table);
    this.#ofFunction.set(f, bits);
    return bits;
  }
}
