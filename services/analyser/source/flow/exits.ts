/** Where breaks, continues, returns and throws lead to, through the `finally` bodies on the way. It must not know expressions. */
import type { Statement } from '../source-code.ts';
import type { GraphBuilder } from './graph.ts';

interface Level {
  readonly kind: 'loop' | 'switch' | 'catch' | 'finally';
  readonly label?: string | undefined;
  readonly breakTo?: number;
  readonly continueTo?: number;
  readonly catchTo?: number;
  readonly catchesAll?: boolean;
  /** Of `finally`: its body, and its copies by where they lead. */
  readonly body?: readonly Statement[];
  readonly copies?: Map<number, number>;
}

export class Exits {
  readonly #graph: GraphBuilder;
  readonly #run: (body: readonly Statement[]) => void;
  #levels: Level[] = [];

  constructor(graph: GraphBuilder, run: (body: readonly Statement[]) => void) {
    this.#graph = graph;
    this.#run = run;
  }

  within(level: Level, build: () => void): void {
    this.#levels.push(level);
    build();
    this.#levels.pop();
  }

  return(): void {
    this.#leave(0, this.#graph.returnExit);
  }

  /** Every block that a throw from here goes to. */
  throwTargets(): readonly number[] {
    const targets: number[] = [];
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at]!;
      if (level.catchTo === undefined) continue;
      targets.push(this.#route(at + 1, level.catchTo));
      if (level.catchesAll === true) return targets;
    }
    targets.push(this.#route(0, this.#graph.throwExit));
    return targets;
  }

  break(label: string | undefined, levels: number): void {
    this.#jump(label, levels, 'breakTo');
  }

  continue(label: string | undefined, levels: number): void {
    this.#jump(label, levels, 'continueTo');
  }

  #jump(label: string | undefined, levels: number, field: 'breakTo' | 'continueTo'): void {
    let left = levels;
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at]!;
      const target = level[field];
      if (target === undefined || (label !== undefined && level.label !== label)) continue;
      if (label === undefined && --left > 0) continue;
      this.#leave(at + 1, target);
      return;
    }
    // Broken code: nothing to leave.
    this.#graph.at = undefined;
  }

  #leave(level: number, target: number): void {
    if (this.#graph.at !== undefined) this.#graph.jump(this.#route(level, target));
  }

  /** The first block on the way to `target`, which stands outside of the levels from `from` on. */
  #route(from: number, target: number): number {
    let entry = target;
    for (let at = from; at < this.#levels.length; at++) {
      const { body, copies } = this.#levels[at]!;
      if (body === undefined || copies === undefined) continue;
      const made = copies.get(entry);
      entry = made ?? this.#copy(at, body, copies, entry);
    }
    return entry;
  }

  #copy(at: number, body: readonly Statement[], copies: Map<number, number>, target: number): number {
    const { at: here } = this.#graph;
    const levels = this.#levels;
    const entry = this.#graph.block();
    copies.set(target, entry);
    this.#levels = levels.slice(0, at);
    this.#graph.at = entry;
    this.#run(body);
    this.#graph.link(this.#graph.at, target);
    this.#graph.at = here;
    this.#levels = levels;
    return entry;
  }
}
