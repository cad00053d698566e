/**
 * The blocks of a function while their events are collected. A block whose events depend on where control came from is
 * divided into one for each such block. It must not know calls or texts.
 */
import type { BlockGraph } from '../cfg/block-graph.ts';
import type { LogBlock, LogEvent } from '../lms-cfg/log-program.ts';

interface Draft {
  readonly block: number;
  /** Undefined: entered from wherever no division says otherwise. */
  readonly cameFrom: number | undefined;
  readonly events: LogEvent[];
}

export class BlockDraft {
  readonly #graph: BlockGraph;
  readonly #drafts: Draft[];
  /** Draft indexes by block, the undivided one first. */
  readonly #ofBlock: number[][];
  readonly #branches = new Map<number, LogEvent[][]>();

  constructor(graph: BlockGraph) {
    this.#graph = graph;
    this.#drafts = graph.from.map((_, block) => ({ block, cameFrom: undefined, events: [] }));
    this.#ofBlock = graph.from.map((_, block) => [block]);
  }

  /** What was added to the block before is in each division. */
  divide(block: number, cameFrom: number): void {
    const drafts = this.#ofBlock[block]!;
    if (drafts.some((at) => this.#drafts[at]!.cameFrom === cameFrom)) return;
    const { events } = this.#drafts[block]!;
    drafts.push(this.#drafts.length);
    this.#drafts.push({ block, cameFrom, events: [...events] });
  }

  /** To every division, or to the one for `cameFrom`. */
  add(block: number, cameFrom: number | undefined, events: readonly LogEvent[]): void {
    for (const at of this.#ofBlock[block]!) {
      const draft = this.#drafts[at]!;
      if (cameFrom === undefined || draft.cameFrom === cameFrom) draft.events.push(...events);
    }
  }

  /** Another way on from the block: these events, then a return. */
  branch(block: number, events: LogEvent[]): void {
    this.#branches.set(block, [...(this.#branches.get(block) ?? []), events]);
  }

  blocks(): LogBlock[] {
    const blocks: LogBlock[] = [];
    const extra: LogBlock[] = [];
    for (const { block, events } of this.#drafts) {
      const branches = this.#branches.get(block) ?? [];
      const successors = this.#graph.successors[block]!.map((next) => this.#draftFrom(next, block));
      for (const own of branches) {
        successors.push(this.#drafts.length + extra.length);
        extra.push({ events: own, successors: [], returns: true });
      }
      blocks.push({ events, successors, returns: this.#graph.leaves[block]! && branches.length === 0 });
    }
    blocks.push(...extra);
    return blocks.length === 0 ? [{ events: [], successors: [], returns: true }] : blocks;
  }

  /** Events that a block has only by where control came from are in none of the undivided one. */
  #draftFrom(block: number, from: number): number {
    return this.#ofBlock[block]!.find((at) => this.#drafts[at]!.cameFrom === from) ?? block;
  }
}
