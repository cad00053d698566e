/**
 * Which functions never come back to their caller. It begins with the belief that all do and takes it back only where
 * every way ends, so that a jump that is not understood never cuts a path off. It must not know values.
 */
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import { blockGraph } from './block-graph.ts';
import type { FoundFunctions } from './function-finder.ts';
import type { MachineFunction } from './machine-function.ts';

const names = new Set(
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

export function neverReturning(found: FoundFunctions, calls: CallTargets): NeverReturning {
  const { ops, functions } = found;
  const dead = new Set<number>();
  for (const fn of functions) {
    if (names.has(fn.importName ?? fn.name ?? '')) dead.add(fn.index);
  }
  const endsAtCall = (at: number): boolean => {
    const target = calls.target(at);
    return typeof target === 'string' ? names.has(target) : target !== undefined && dead.has(target);
  };
  const callers = callersOf(ops, functions, calls);
  let waiting = functions.filter((fn) => fn.importName === undefined && !dead.has(fn.index));
  while (waiting.length > 0) {
    const again = new Set<number>();
    for (const fn of waiting) {
      if (dead.has(fn.index) || canReturn(ops, fn, endsAtCall)) continue;
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

function canReturn(ops: MicroOps, fn: MachineFunction, endsAtCall: (at: number) => boolean): boolean {
  const graph = blockGraph(ops, fn, { jumpTargets: none, endsAtCall });
  const seen = new Set([0]);
  const todo = [0];
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    if (graph.leaves[block]) return true;
    for (const next of graph.successors[block] ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      todo.push(next);
    }
  }
  return graph.from.length === 0;
}

const none = new Map<number, readonly number[]>();
