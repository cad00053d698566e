/**
 * The blocks of a function while their events are collected. A block whose events depend on where control came from is
 * divided into one for each such block. It must not know calls or texts.
 */
import type { BlockGraph } from '../cfg/block-graph.ts';
import type { LogEvent } from '../lms-cfg/log-program.ts';
import type { PlacedBlock } from '../path/feasible-paths.ts';

interface Draft {
  readonly block: number;
  /** Undefined: entered from wherever no division says otherwise. */
  readonly cameFrom: number | undefined;
  readonly events: LogEvent[];
  /** The operation of each. */
  readonly places: number[];
}

interface Branch {
  readonly at: number;
  readonly events: readonly LogEvent[];
}

export class BlockDraft {
  readonly #graph: BlockGraph;
  readonly #drafts: Draft[];
  /** Draft indexes by block, the undivided one first. */
  readonly #ofBlock: number[][];
  readonly #branches = new Map<number, Branch[]>();

  constructor(graph: BlockGraph) {
    this.#graph = graph;
    this.#drafts = graph.from.map((_, block) => ({ block, cameFrom: undefined, events: [], places: [] }));
    this.#ofBlock = graph.from.map((_, block) => [block]);
  }

  /** What was added to the block before is in each division. */
  divide(block: number, cameFrom: number): void {
    const drafts = this.#ofBlock[block]!;
    if (drafts.some((at) => this.#drafts[at]!.cameFrom === cameFrom)) return;
    const { events, places } = this.#drafts[block]!;
    drafts.push(this.#drafts.length);
    this.#drafts.push({ block, cameFrom, events: [...events], places: [...places] });
  }

  /** To every division, or to the one for `cameFrom`. `at`: the operation. */
  add(block: number, cameFrom: number | undefined, at: number, events: readonly LogEvent[]): void {
    for (const index of this.#ofBlock[block]!) {
      const draft = this.#drafts[index]!;
      if (cameFrom !== undefined && draft.cameFrom !== cameFrom) continue;
      draft.events.push(...events);
      draft.places.push(...events.map(() => at));
    }
  }

  /** Another way on from the block: these events, then a return. */
  branch(block: number, at: number, events: readonly LogEvent[]): void {
    this.#branches.set(block, [...(this.#branches.get(block) ?? []), { at, events }]);
  }

  blocks(): PlacedBlock[] {
    const blocks: PlacedBlock[] = [];
    const extra: PlacedBlock[] = [];
    for (const { block, events, places } of this.#drafts) {
      const branches = this.#branches.get(block) ?? [];
      const successors = this.#graph.successors[block]!.map((next) => this.#draftFrom(next, block));
      for (const own of branches) {
        successors.push(this.#drafts.length + extra.length);
        const at = own.events.map(() => own.at);
        extra.push({ events: own.events, places: at, block: undefined, successors: [], returns: true });
      }
      const returns = this.#graph.leaves[block]! && branches.length === 0;
      blocks.push({ events, places, block, successors, returns });
    }
    return [...blocks, ...extra];
  }

  /** Events that a block has only by where control came from are in none of the undivided one. */
  #draftFrom(block: number, from: number): number {
    return this.#ofBlock[block]!.find((at) => this.#drafts[at]!.cameFrom === from) ?? block;
  }
}
