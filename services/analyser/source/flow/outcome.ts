/** Which copies of functions can return, can throw, and print at all. It must not know how blocks were built. */
import { reaching } from './compact.ts';
import type { Block, Graph, Outcome } from './graph.ts';

export class Outcomes {
  readonly #returns: boolean[];
  readonly #throws: boolean[];
  readonly #prints: boolean[];

  constructor(graphs: readonly Graph[]) {
    this.#returns = graphs.map(() => false);
    this.#throws = graphs.map(() => false);
    this.#prints = graphs.map(() => false);
    const callers = callersOf(graphs);
    // Each of the three only grows, so that a graph is looked at a few times at most.
    const queue = new Set(graphs.keys());
    for (const at of queue) {
      queue.delete(at);
      if (this.#update(graphs[at]!, at)) for (const caller of callers[at]!) queue.add(caller);
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

  #update(graph: Graph, at: number): boolean {
    const before = `${this.#returns[at]}${this.#throws[at]}${this.#prints[at]}`;
    const passes = (block: Block) => this.passes(block);
    this.#returns[at] ||= reaching(graph.blocks, graph.returnExit, passes).has(0);
    this.#throws[at] ||= reaching(graph.blocks, graph.throwExit, passes).has(0);
    this.#prints[at] ||= graph.blocks.some(({ events }) =>
      events.some((event) => event.kind !== 'call' || event.targets.some(({ copy }) => this.#prints[copy])),
    );
    return before !== `${this.#returns[at]}${this.#throws[at]}${this.#prints[at]}`;
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
