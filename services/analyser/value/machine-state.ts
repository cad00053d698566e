/** What the registers and the stack hold at one point of a function. It must not know what changes them. */
import type { CallingConvention } from '../disasm/instruction-set.ts';
import { REGISTERS } from '../disasm/micro-op.ts';
import { StackSlots } from './stack-slots.ts';
import { Atom, NOTHING, STALE, UNKNOWN, type ValueTable } from './value-table.ts';

export class MachineState {
  readonly registers = new Int32Array(REGISTERS).fill(NOTHING);
  /** Values of 8 bytes by their place relative to the stack pointer at entry. */
  #stack = new StackSlots();
  /** Another state has the same slots: most code between two branches leaves the stack as it is. */
  #isShared = false;

  /** As a function finds it when it is called. */
  enter(values: ValueTable, convention: CallingConvention): void {
    this.registers.fill(UNKNOWN);
    for (const register of convention.callClobbers) this.registers[register] = STALE;
    for (let i = 0; i < convention.argumentRegisters.length; i++) {
      this.registers[convention.argumentRegisters[i]!] = values.atom(Atom.argument, i);
    }
    this.registers[convention.stackPointer] = values.atom(Atom.stack, 0);
    this.#stack = new StackSlots();
    this.#isShared = false;
  }

  become(other: MachineState): void {
    this.registers.set(other.registers);
    this.#stack = other.#stack;
    this.#isShared = true;
    other.#isShared = true;
  }

  slot(offset: number): number | undefined {
    const at = this.#stack.find(offset);
    return at < 0 ? undefined : this.#stack.value(at);
  }

  setSlot(offset: number, value: number): void {
    const at = this.#stack.find(offset);
    if (at >= 0) {
      if (this.#stack.value(at) !== value) this.#own().change(at, value);
    } else if (!this.#stack.isFull) this.#own().add(offset, value);
  }

  forgetSlot(offset: number): void {
    const at = this.#stack.find(offset);
    if (at >= 0) this.#own().remove(at);
  }

  /**
   * Takes in another way to get here; whether that changed anything. `back`: by a loop, whose steps along an array stay
   * where they began. `widen`: what changes is no longer followed, so that a loop that counts comes to an end.
   */
  join(other: MachineState, values: ValueTable, back: boolean, widen: boolean): boolean {
    const { registers } = this;
    let changed = false;
    for (let i = 0; i < registers.length; i++) {
      const before = registers[i]!;
      const theirs = other.registers[i]!;
      if (theirs === before) continue;
      const after = united(values, before, theirs, back);
      if (after === before) continue;
      registers[i] = widen && before !== NOTHING ? UNKNOWN : after;
      if (registers[i] !== before) changed = true;
    }
    if (this.#stack === other.#stack) return changed;
    return this.#joinSlots(other, values, back, widen) || changed;
  }

  #joinSlots(other: MachineState, values: ValueTable, back: boolean, widen: boolean): boolean {
    let changed = false;
    for (let at = 0; at < this.#stack.count; at++) {
      const before = this.#stack.value(at);
      const theirs = other.slot(this.#stack.offset(at));
      if (theirs === before) continue;
      const after = theirs === undefined ? undefined : united(values, before, theirs, back);
      if (after === before) continue;
      changed = true;
      if (after !== undefined && !widen) this.#own().change(at, after);
      else this.#own().remove(at--);
    }
    return changed;
  }

  #own(): StackSlots {
    if (this.#isShared) {
      this.#stack = this.#stack.copy();
      this.#isShared = false;
    }
    return this.#stack;
  }
}

function united(values: ValueTable, before: number, theirs: number, back: boolean): number {
  return back ? values.unionOfSteps(before, theirs) : values.union(before, theirs);
}
