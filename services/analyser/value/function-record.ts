/** What is known of a function's values once it is solved. It must not know how that was found. */
import type { BlockGraph, JumpTargets } from '../cfg/block-graph.ts';

export const ARGUMENTS_MAX = 12;

export interface CallRecord {
  /** Operation index. */
  readonly at: number;
  readonly block: number;
  /** Jumps there and does not come back to this function. */
  readonly tail: boolean;
  /** Value of the target's address. */
  readonly target: number;
  /** Values of the first arguments; STALE where nothing was put for it, and behind the last. */
  readonly args: readonly number[];
  /** Words on the stack that arguments point to, directly or by one of these words, where the convention asks for them. */
  readonly pointed?: PointedWords;
  /**
   * The block that control came from, where what is passed depends on it: compilers merge the ends of branches, and
   * with them calls that differ in an argument. One record for each such block then.
   */
  readonly cameFrom?: number;
}

/** By the place of the first, in bytes from the stack pointer at entry. */
export type PointedWords = ReadonlyMap<number, readonly number[]>;

export interface StoreRecord {
  /** Value of the place. */
  readonly place: number;
  /** Bytes behind a pointer that is not known, where the place is not known. */
  readonly field: number | undefined;
  readonly value: number;
  /** The pointer that it goes out from, and how far. */
  readonly pointer: number;
  readonly displacement: number;
}

/** A pointer that is loaded from behind another one. */
export interface LoadRecord {
  /** Operation index, as in the `field` that it is. */
  readonly at: number;
  readonly pointer: number;
  readonly displacement: number;
}

export interface ConditionRecord {
  /** A variable or a member, and which bits of it. */
  readonly on: string;
  /** Whether control goes to the first successor where more of it is set, or to the second; undefined: neither. */
  readonly isMoreFirst: boolean | undefined;
}

export interface FunctionValues {
  readonly graph: BlockGraph;
  /** Operation indexes that a computed jump goes to, by the jump's. */
  readonly jumpTargets: JumpTargets;
  readonly calls: readonly CallRecord[];
  readonly stores: readonly StoreRecord[];
  readonly loads: readonly LoadRecord[];
  /** What the function gives back. */
  readonly result: number;
  readonly syscalls: readonly { readonly at: number; readonly block: number; readonly number: number }[];
  readonly unresolvedJumps: number;
  /** Argument registers that are read before they are written. */
  readonly parameters: number;
  /** By block that ends in a condition on a variable or a member. */
  readonly conditions: ReadonlyMap<number, ConditionRecord>;
  /** It saves vector argument registers that may hold anything. */
  readonly variadic: boolean;
}
