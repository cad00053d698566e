/**
 * Which templates of a program without a profile are of one statement, learned as lines come and kept with the fold's
 * state: what is fed the same has the same groups, wherever batches end and processes die. It must not know vertices.
 */
import { StateTable } from '../state-table.ts';
import { TemplateMiner } from './template-miner.ts';

/** Templates that are remembered, of all programs. */
const templates_count_max = 65_536;
const order_digits = 8;

export class LearnedStatements {
  /** Place in the order in which they came → program and template. */
  readonly #order: StateTable<readonly [program: string, template: string]>;
  readonly #miners = new Map<string, TemplateMiner>();
  #onJoin: (program: string, founder: string) => void = () => {};

  /** `onJoin` is told of each template whose statement turns out to be that of an older one. */
  constructor(saved: ReadonlyMap<string, string>, onJoin: (program: string, founder: string) => void) {
    this.#order = new StateTable('template', saved);
    const known = [...this.#order.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, [program, template]] of known) this.#minerOf(program).add(template);
    this.#onJoin = onJoin;
  }

  /** The template that the statement is named after. */
  of(program: string, template: string): string {
    const miner = this.#minerOf(program);
    if (miner.has(template)) return miner.groupOf(template);
    if (this.#order.size >= templates_count_max) return miner.groupOf(template);
    const founder = miner.add(template);
    // One that is too long is not remembered.
    if (miner.has(template)) {
      this.#order.set(String(this.#order.size).padStart(order_digits, '0'), [program, template]);
    }
    return founder;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#order.drainInto(into);
  }

  #minerOf(program: string): TemplateMiner {
    let miner = this.#miners.get(program);
    if (miner === undefined) {
      miner = new TemplateMiner((founder) => this.#onJoin(program, founder));
      this.#miners.set(program, miner);
    }
    return miner;
  }
}
