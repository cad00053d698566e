/**
 * Imports that never come back, by what compilers make around their calls: nothing behind one at the end of a function,
 * and code behind one that others jump to with the stack at another height. Neither can be where the call comes back.
 * It must not know names of such imports.
 */
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import { opAt } from './block-graph.ts';
import type { FoundFunctions } from './function-finder.ts';
import type { MachineFunction, OpRange } from './machine-function.ts';

/** Calls of one import. */
interface Calls {
  /** With nothing behind them in their function. */
  last: number;
  /** With code behind them that others jump to with the stack at another height, and at the same one. */
  apart: number;
  level: number;
}

/**
 * A call of a function that comes back is last where code was cut in the middle, which is rare. Code that a call which
 * never comes back stands before has its height by chance, which is not rare: of `__cxa_throw` 184 calls for 5 last ones.
 */
const level_max = 64;

/** Names of imports whose calls say that they don't come back. */
export function noreturnImports(
  { ops, functions }: FoundFunctions,
  importAt: (at: number) => string | undefined,
  stackPointer: number,
): ReadonlySet<string> {
  const heights = new StackHeights(ops, stackPointer);
  const byName = new Map<string, Calls>();
  for (const fn of functions) {
    if (fn.importName !== undefined) continue;
    heights.follow(fn);
    for (const { from, to } of fn.ranges) {
      for (let at = from; at < to; at++) {
        if (ops.op[at] !== Op.call && ops.op[at] !== Op.callMemory) continue;
        const kind = at + 1 === to ? 'last' : heights.behind(at);
        const name = kind === undefined ? undefined : importAt(at);
        if (name !== undefined) count(byName, name, kind!);
      }
    }
  }
  return new Set([...byName].filter(([, calls]) => neverComeBack(calls)).map(([name]) => name));
}

function count(byName: Map<string, Calls>, name: string, kind: keyof Calls): void {
  const calls = byName.get(name);
  if (calls === undefined) byName.set(name, { last: 0, apart: 0, level: 0, [kind]: 1 });
  else calls[kind]++;
}

function neverComeBack({ last, apart, level }: Calls): boolean {
  return last > 0 ? level <= last * level_max : apart > 0 && level === 0;
}

/** Heights are bytes from where the stack pointer stood at a function's entry. */
class StackHeights {
  readonly #ops: MicroOps;
  readonly #stackPointer: number;
  /** Behind an operation, by control that goes on in a row; NaN where it is not known. */
  readonly #behind: Float64Array;
  /** Before an operation, by a jump to it. */
  readonly #jumped = new Map<number, number>();

  constructor(ops: MicroOps, stackPointer: number) {
    this.#ops = ops;
    this.#stackPointer = stackPointer;
    this.#behind = new Float64Array(ops.length);
  }

  /** Twice, so that what only later code jumps to is known too. */
  follow(fn: MachineFunction): void {
    this.#jumped.clear();
    for (let round = 0; round < 2; round++) for (const range of fn.ranges) this.#followRange(fn, range);
  }

  /** How a jump to what stands behind a call finds the stack, against how the call leaves it; undefined: not known. */
  behind(call: number): 'level' | 'apart' | undefined {
    const left = this.#behind[call]!;
    const found = this.#jumped.get(call + 1);
    if (found === undefined || Number.isNaN(left)) return undefined;
    return found === left ? 'level' : 'apart';
  }

  #followRange(fn: MachineFunction, { from, to }: OpRange): void {
    const ops = this.#ops;
    let height = from === fn.ranges[0]!.from ? 0 : Number.NaN;
    for (let at = from; at < to; at++) {
      height = this.#jumped.get(at) ?? height;
      const op = ops.op[at]!;
      if (op === Op.jump || op === Op.jumpIf) {
        const target = opAt(ops, fn, ops.imm[at]!);
        if (target !== undefined && !Number.isNaN(height) && !this.#jumped.has(target))
          this.#jumped.set(target, height);
      } else if (ops.d[at] === this.#stackPointer && op <= Op.clobber)
        height = op === Op.add && ops.a[at] === this.#stackPointer ? height + ops.imm[at]! : Number.NaN;
      this.#behind[at] = height;
      if (op === Op.jump || op === Op.ret || op === Op.halt || op === Op.jumpRegister || op === Op.jumpMemory)
        height = Number.NaN;
    }
  }
}
