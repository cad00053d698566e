/** The blocks of one function while they are built. It must not know expressions. */
import type { LmsSite } from '../../lms-cfg/log-program.ts';
import type { Budget } from '../source-limit.ts';

/** Normally, or by throwing: two functions of the result, so that a throw does not run on behind the call. */
export type Outcome = 'returns' | 'throws';

export interface Callee {
  /** Index of a copy of a function for what its callers pass it. */
  readonly copy: number;
  readonly outcome: Outcome;
}

export type Event =
  | { readonly kind: 'log'; readonly sites: readonly LmsSite[] }
  | { readonly kind: 'call'; readonly targets: readonly Callee[] }
  | { readonly kind: 'syscall'; readonly name: string }
  /** The event loop runs. */
  | { readonly kind: 'serve' };

export interface Block {
  readonly events: Event[];
  readonly successors: Set<number>;
}

export interface Graph {
  readonly blocks: readonly Block[];
  readonly returnExit: number;
  readonly throwExit: number;
}

export class GraphBuilder {
  readonly blocks: Block[] = [];
  readonly returnExit: number;
  readonly throwExit: number;
  /** Undefined where control does not come. */
  at: number | undefined;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.at = this.block();
    this.returnExit = this.block();
    this.throwExit = this.block();
  }

  block(): number {
    this.#budget.block();
    return this.blocks.push({ events: [], successors: new Set() }) - 1;
  }

  link(from: number | undefined, to: number): void {
    if (from !== undefined) this.blocks[from]!.successors.add(to);
  }

  /** Ends the block here. */
  jump(to: number): void {
    this.link(this.at, to);
    this.at = undefined;
  }

  /** A new block that follows on the one before. */
  cut(): number | undefined {
    if (this.at === undefined) return undefined;
    const next = this.block();
    this.jump(next);
    this.at = next;
    return next;
  }

  event(event: Event): void {
    if (this.at !== undefined) this.blocks[this.at]!.events.push(event);
  }

  /** What `build` adds may run or not. */
  maybe(build: () => void): void {
    const before = this.at;
    if (before === undefined) return;
    const after = this.block();
    this.link(before, after);
    this.at = this.block();
    this.link(before, this.at);
    build();
    this.link(this.at, after);
    this.at = after;
  }

  /** What `build` adds may run any number of times. */
  repeated(build: () => void): void {
    const head = this.cut();
    if (head === undefined) return;
    const body = this.block();
    this.link(head, body);
    this.at = body;
    build();
    this.link(this.at, head);
    this.at = head;
    this.cut();
  }

  graph(): Graph {
    return { blocks: this.blocks, returnExit: this.returnExit, throwExit: this.throwExit };
  }
}
