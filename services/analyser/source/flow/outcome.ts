/** Which copies of functions can return, can throw, and print at all. It must not know how blocks were built. */
import { reaching } from './compact.ts';
import type { Block, Graph, Outcome } from './graph.ts';

export class Outcomes {
  readonly #graphs: readonly Graph[];
  readonly #callers: readonly ReadonlySet<number>[];
  /**
   * A function returns unless it is shown not to: where calls are not fully understood, a cycle of them is no proof.
   * It throws, or prints, only where that is shown.
   */
  readonly #returns: boolean[];
  readonly #throws: boolean[];
  readonly #prints: boolean[];

  constructor(graphs: readonly Graph[]) {
    this.#graphs = graphs;
    this.#callers = callersOf(graphs);
    this.#returns = graphs.map(() => true);
    this.#throws = graphs.map(() => true);
    this.#prints = graphs.map(() => false);
    const passes = (block: Block) => this.passes(block);
    const reaches = (exit: 'returnExit' | 'throwExit') => (graph: Graph) =>
      reaching(graph.blocks, graph[exit], passes).has(0);
    this.#settle(this.#returns, reaches('returnExit'));
    this.#throws.fill(false);
    this.#settle(this.#throws, reaches('throwExit'));
    this.#settle(this.#prints, ({ blocks }) =>
      blocks.some(({ events }) =>
        events.some((event) => event.kind !== 'call' || event.targets.some(({ copy }) => this.#prints[copy])),
      ),
    );
  }

  /** Until nothing changes; each value changes once at most. */
  #settle(values: boolean[], valueAt: (graph: Graph) => boolean): void {
    const initial = [...values];
    const queue = new Set(this.#graphs.keys());
    for (const at of queue) {
      queue.delete(at);
      if (values[at] !== initial[at] || valueAt(this.#graphs[at]!) === values[at]) continue;
      values[at] = !values[at];
      for (const caller of this.#callers[at]!) queue.add(caller);
    }
  }

  prints(copy: number): boolean {
    return this.#prints[copy]!;
  }

  has(copy: number, outcome: Outcome): boolean {
    return (outcome === 'returns' ? this.#returns : this.#throws)[copy]!;
  }

  /** Whether control can get past a block's events. */
  passes(block: Block): boolean {
    return block.events.every(
      (event) => event.kind !== 'call' || event.targets.some(({ copy, outcome }) => this.has(copy, outcome)),
    );
  }
}

function callersOf(graphs: readonly Graph[]): readonly ReadonlySet<number>[] {
  const callers = graphs.map(() => new Set<number>());
  for (const [at, { blocks }] of graphs.entries()) {
    for (const { events } of blocks) {
      for (const event of events) {
        if (event.kind === 'call') for (const { copy } of event.targets) callers[copy]!.add(at);
      }
    }
  }
  return callers;
}
