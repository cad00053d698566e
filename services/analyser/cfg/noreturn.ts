/**
 * Which functions never come back to their caller. It begins with the belief that all do and takes it back only where
 * every way ends, so that a jump that is not understood never cuts a path off. It must not know values.
 */
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import { opAt } from './block-graph.ts';
import type { FoundFunctions } from './function-finder.ts';
import type { MachineFunction } from './machine-function.ts';
import { noreturnImports } from './noreturn-imports.ts';

const knownNames = new Set(
  [
    'exit _exit _Exit quick_exit abort pthread_exit thrd_exit siglongjmp longjmp _longjmp __longjmp_chk',
    '__stack_chk_fail __fortify_fail __chk_fail __assert_fail __assert __assert_perror_fail err errx verr',
    'verrx __libc_start_main __cxa_throw __cxa_rethrow __cxa_bad_cast __cxa_bad_typeid',
    '__cxa_throw_bad_array_new_length _Unwind_Resume g_assertion_message g_assertion_message_expr g_abort',
    '_ZSt9terminatev _ZSt17__throw_bad_allocv _ZSt20__throw_length_errorPKc',
    '_ZSt24__throw_out_of_range_fmtPKcz _ZSt19__throw_logic_errorPKc',
  ].flatMap((row) => row.split(' ')),
);

export interface CallTargets {
  /** Name of what the operation calls, or the index of the function; undefined where it is computed. */
  target(at: number): string | number | undefined;
}

export interface NeverReturning {
  /** Indexes of functions. */
  readonly functions: ReadonlySet<number>;
  /** Whether the call (or jump to another function) at this operation never comes back. */
  endsAtCall(at: number): boolean;
}

export function neverReturning(
  found: FoundFunctions,
  calls: CallTargets,
  stackPointer: number,
): NeverReturning {
  const { ops, functions } = found;
  const importAt = (at: number): string | undefined => {
    const target = calls.target(at);
    return typeof target === 'number' ? functions[target]!.importName : target;
  };
  const names = new Set([...knownNames, ...noreturnImports(found, importAt, stackPointer)]);
  const dead = new Set<number>();
  for (const fn of functions) {
    if (names.has(fn.importName ?? fn.name ?? '')) dead.add(fn.index);
  }
  const endsAtCall = (at: number): boolean => {
    const target = calls.target(at);
    return typeof target === 'string' ? names.has(target) : target !== undefined && dead.has(target);
  };
  const callers = callersOf(ops, functions, calls);
  const search = new ReturnSearch(ops, endsAtCall);
  let waiting = functions.filter((fn) => fn.importName === undefined && !dead.has(fn.index));
  while (waiting.length > 0) {
    const again = new Set<number>();
    for (const fn of waiting) {
      if (dead.has(fn.index) || search.canReturn(fn)) continue;
      dead.add(fn.index);
      for (const caller of callers.get(fn.index) ?? []) again.add(caller);
    }
    waiting = [...again].map((index) => functions[index]!);
  }
  return { functions: dead, endsAtCall };
}

function callersOf(
  ops: MicroOps,
  functions: readonly MachineFunction[],
  calls: CallTargets,
): Map<number, Set<number>> {
  const callers = new Map<number, Set<number>>();
  for (const fn of functions) {
    for (const { from, to } of fn.ranges) {
      for (let at = from; at < to; at++) {
        const op = ops.op[at]!;
        if (op !== Op.call && op !== Op.jump && op !== Op.jumpIf) continue;
        const target = calls.target(at);
        if (typeof target !== 'number') continue;
        const known = callers.get(target);
        if (known === undefined) callers.set(target, new Set([fn.index]));
        else known.add(fn.index);
      }
    }
  }
  return callers;
}

/** Follows the code itself: most functions come to a return at once, long before all their blocks are known. */
class ReturnSearch {
  readonly #ops: MicroOps;
  readonly #endsAtCall: (at: number) => boolean;
  /** By operation, within one search. */
  readonly #isSeen: Uint8Array;

  constructor(ops: MicroOps, endsAtCall: (at: number) => boolean) {
    this.#ops = ops;
    this.#endsAtCall = endsAtCall;
    this.#isSeen = new Uint8Array(ops.length);
  }

  canReturn(fn: MachineFunction): boolean {
    const first = fn.ranges.find(({ from, to }) => from < to);
    if (first === undefined) return true;
    const todo = [first.from];
    let returns = false;
    for (let at = todo.pop(); at !== undefined && !returns; at = todo.pop())
      returns = this.#leavesFrom(at, fn, todo);
    for (const { from, to } of fn.ranges) this.#isSeen.fill(0, from, to);
    return returns;
  }

  /** Whether control that goes on from an operation in a row can leave the function; `todo` gets where else it can go. */
  #leavesFrom(begin: number, fn: MachineFunction, todo: number[]): boolean {
    const ops = this.#ops;
    const { to } = fn.ranges.find((range) => begin >= range.from && begin < range.to)!;
    for (let at = begin; at < to; at++) {
      if (this.#isSeen[at] === 1) return false;
      this.#isSeen[at] = 1;
      switch (ops.op[at]) {
        case Op.ret:
          return true;
        case Op.halt:
          return false;
        case Op.jump:
        case Op.jumpIf: {
          const target = opAt(ops, fn, ops.imm[at]!);
          if (target !== undefined) todo.push(target);
          else if (!this.#endsAtCall(at)) return true;
          if (ops.op[at] === Op.jumpIf && at + 1 < to) todo.push(at + 1);
          return false;
        }
        case Op.jumpRegister:
        case Op.jumpMemory:
          return !this.#endsAtCall(at);
        case Op.call:
        case Op.callMemory:
          if (this.#endsAtCall(at)) return false;
      }
    }
    return true;
  }
}
