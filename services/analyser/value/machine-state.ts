/** What the registers and the stack hold at one point of a function. It must not know what changes them. */
import type { CallingConvention } from '../disasm/instruction-set.ts';
import { REGISTERS } from '../disasm/micro-op.ts';
import { Atom, NOTHING, STALE, UNKNOWN, type ValueTable } from './value-table.ts';

const slots_max = 512;

export class MachineState {
  readonly registers = new Int32Array(REGISTERS).fill(NOTHING);
  /** Values of 8 bytes by their place relative to the stack pointer at entry. */
  #stack = new Map<number, number>();
  /** Another state has the same map: most code between two branches leaves the stack as it is. */
  #isShared = false;

  /** As a function finds it when it is called. */
  enter(values: ValueTable, convention: CallingConvention): void {
    this.registers.fill(UNKNOWN);
    for (const register of convention.callClobbers) this.registers[register] = STALE;
    for (const [i, register] of convention.argumentRegisters.entries()) {
      this.registers[register] = values.atom(Atom.argument, i);
    }
    this.registers[convention.stackPointer] = values.atom(Atom.stack, 0);
    this.#stack = new Map();
    this.#isShared = false;
  }

  become(other: MachineState): void {
    this.registers.set(other.registers);
    this.#stack = other.#stack;
    this.#isShared = true;
    other.#isShared = true;
  }

  slot(offset: number): number | undefined {
    return this.#stack.get(offset);
  }

  setSlot(offset: number, value: number): void {
    const known = this.#stack.get(offset);
    if (known === value) return;
    if (known !== undefined || this.#stack.size < slots_max) this.#own().set(offset, value);
  }

  forgetSlot(offset: number): void {
    if (this.#stack.has(offset)) this.#own().delete(offset);
  }

  /**
   * Takes in another way to get here; whether that changed anything. `back`: by a loop, whose steps along an array stay
   * where they began. `widen`: what changes is no longer followed, so that a loop that counts comes to an end.
   */
  join(other: MachineState, values: ValueTable, back: boolean, widen: boolean): boolean {
    const { registers } = this;
    const united = (before: number, theirs: number): number =>
      back ? values.unionOfSteps(before, theirs) : values.union(before, theirs);
    let changed = false;
    for (let i = 0; i < registers.length; i++) {
      const before = registers[i]!;
      const theirs = other.registers[i]!;
      if (theirs === before) continue;
      const after = united(before, theirs);
      if (after === before) continue;
      registers[i] = widen && before !== NOTHING ? UNKNOWN : after;
      if (registers[i] !== before) changed = true;
    }
    if (this.#stack === other.#stack) return changed;
    for (const [offset, before] of this.#stack) {
      const theirs = other.#stack.get(offset);
      if (theirs === before) continue;
      const after = theirs === undefined ? undefined : united(before, theirs);
      if (after === before) continue;
      if (after === undefined || widen) this.#own().delete(offset);
      else this.#own().set(offset, after);
      changed = true;
    }
    return changed;
  }

  #own(): Map<number, number> {
    if (this.#isShared) {
      this.#stack = new Map(this.#stack);
      this.#isShared = false;
    }
    return this.#stack;
  }
}
