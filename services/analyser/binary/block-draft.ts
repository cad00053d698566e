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
  /** Most blocks have none, and share that. */
  events: readonly LogEvent[];
  /** The operation of each. */
  places: readonly number[];
}

interface Branch {
  readonly at: number;
  readonly events: readonly LogEvent[];
}

export class BlockDraft {
  readonly #graph: BlockGraph;
  readonly #drafts: Draft[];
  /** Draft indexes by block that is divided, the undivided one first. */
  readonly #divided = new Map<number, number[]>();
  readonly #branches = new Map<number, Branch[]>();

  constructor(graph: BlockGraph) {
    this.#graph = graph;
    this.#drafts = graph.from.map((_, block) => ({
      block,
      cameFrom: undefined,
      events: noEvents,
      places: noPlaces,
    }));
  }

  /** What was added to the block before is in each division. */
  divide(block: number, cameFrom: number): void {
    const drafts = this.#divided.get(block) ?? [block];
    if (drafts.some((at) => this.#drafts[at]!.cameFrom === cameFrom)) return;
    drafts.push(this.#drafts.length);
    this.#divided.set(block, drafts);
    this.#drafts.push({ ...this.#drafts[block]!, cameFrom });
  }

  /** To every division, or to the one for `cameFrom`. `at`: the operation. */
  add(block: number, cameFrom: number | undefined, at: number, events: readonly LogEvent[]): void {
    if (events.length === 0) return;
    for (const index of this.#divided.get(block) ?? [block]) {
      const draft = this.#drafts[index]!;
      if (cameFrom !== undefined && draft.cameFrom !== cameFrom) continue;
      draft.events = [...draft.events, ...events];
      draft.places = [...draft.places, ...events.map(() => at)];
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
      const branches = this.#branches.get(block);
      const successors = this.#successors(block);
      if (branches === undefined) {
        blocks.push({ events, places, block, successors, returns: this.#graph.leaves[block]! });
        continue;
      }
      const all = [...successors];
      for (const own of branches) {
        all.push(this.#drafts.length + extra.length);
        const at = own.events.map(() => own.at);
        extra.push({ events: own.events, places: at, block: undefined, successors: [], returns: true });
      }
      blocks.push({ events, places, block, successors: all, returns: false });
    }
    return [...blocks, ...extra];
  }

  #successors(block: number): readonly number[] {
    const successors = this.#graph.successors[block]!;
    return this.#divided.size === 0 ? successors : successors.map((next) => this.#draftFrom(next, block));
  }

  /** Events that a block has only by where control came from are in none of the undivided one. */
  #draftFrom(block: number, from: number): number {
    return this.#divided.get(block)?.find((at) => this.#drafts[at]!.cameFrom === from) ?? block;
  }
}

const noEvents: readonly LogEvent[] = [];
const noPlaces: readonly number[] = [];
