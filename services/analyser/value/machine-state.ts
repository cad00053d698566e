/** What the registers and the stack hold at one point of a function. It must not know what changes them. */
import { REGISTERS } from '../disasm/micro-op.ts';
import { NOTHING, UNKNOWN, type ValueTable } from './value-table.ts';

const slots_max = 512;

export class MachineState {
  readonly registers: Int32Array;
  /** Values of 8 bytes by their place relative to the stack pointer at entry. */
  readonly stack: Map<number, number>;

  constructor(registers = new Int32Array(REGISTERS).fill(NOTHING), stack = new Map<number, number>()) {
    this.registers = registers;
    this.stack = stack;
  }

  copy(): MachineState {
    return new MachineState(this.registers.slice(), new Map(this.stack));
  }

  setSlot(offset: number, value: number): void {
    if (this.stack.size < slots_max || this.stack.has(offset)) this.stack.set(offset, value);
    else this.stack.delete(offset);
  }

  /**
   * Takes in another way to get here; whether that changed anything. `back`: by a loop, whose steps along an array stay
   * where they began. `widen`: what changes is no longer followed, so that a loop that counts comes to an end.
   */
  join(other: MachineState, values: ValueTable, back: boolean, widen: boolean): boolean {
    let changed = false;
    for (let i = 0; i < this.registers.length; i++) {
      const before = this.registers[i]!;
      const theirs = other.registers[i]!;
      if (theirs === before) continue;
      const after = back ? values.unionOfSteps(before, theirs) : values.union(before, theirs);
      if (after === before) continue;
      this.registers[i] = widen && before !== NOTHING ? UNKNOWN : after;
      if (this.registers[i] !== before) changed = true;
    }
    for (const [offset, before] of this.stack) {
      const theirs = other.stack.get(offset);
      if (theirs === before) continue;
      const after =
        theirs === undefined
          ? undefined
          : back
            ? values.unionOfSteps(before, theirs)
            : values.union(before, theirs);
      if (after === before) continue;
      if (after === undefined || widen) this.stack.delete(offset);
      else this.stack.set(offset, after);
      changed = true;
    }
    return changed;
  }
}
