/**
 * The blocks of all copies as a LogProgram. A copy that can both return and throw becomes two functions, the second
 * named with a `!`, so that no line before a throw is followed by what stands behind the call. It must not know sources.
 */
import type { LmsSite, LogBlock, LogEvent, LogProgram } from '../../lms-cfg/log-program.ts';
import { type CompactBlock, compact, reaching } from './compact.ts';
import type { Block, Callee, Event, Graph, Outcome } from './graph.ts';
import { Outcomes } from './outcome.ts';

export interface WrittenCopy {
  readonly name: string;
  readonly graph: Graph;
}

type DraftEvent = Exclude<LogEvent, { kind: 'log' }> | { kind: 'log'; sites: readonly LmsSite[] };

interface Draft {
  readonly name: string;
  blocks: readonly CompactBlock<DraftEvent>[];
}

export class LogProgramWriter {
  readonly #copies: readonly WrittenCopy[];
  readonly #outcomes: Outcomes;
  readonly #throws: boolean;
  readonly #order: (a: LmsSite, b: LmsSite) => number;
  readonly #functions: Draft[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #queue: [number, Outcome, number][] = [];
  #dispatcher: number | undefined;

  constructor(copies: readonly WrittenCopy[], throws: boolean, order: (a: LmsSite, b: LmsSite) => number) {
    this.#copies = copies;
    this.#throws = throws;
    this.#order = order;
    this.#outcomes = new Outcomes(copies.map(({ graph }) => graph));
  }

  prints(copy: number): boolean {
    return this.#outcomes.prints(copy);
  }

  /** The functions that a copy becomes, by how it ends; none for an end that it can't come to. */
  function(copy: number): readonly number[] {
    const ends: readonly Outcome[] = this.#throws ? ['returns', 'throws'] : ['returns'];
    const possible = ends.filter((outcome) => this.#outcomes.has(copy, outcome));
    return (possible.length === 0 ? ends.slice(0, 1) : possible).map((outcome) => this.#index(copy, outcome));
  }

  /** A function that is not in the source and prints nothing itself. */
  add(name: string, blocks: readonly LogBlock[]): number {
    const drafts = blocks.map(({ events, successors, returns }) => ({
      events: events.filter((event) => event.kind !== 'log'),
      successors: [...successors],
      isExit: returns,
    }));
    return this.#functions.push({ name, blocks: drafts }) - 1;
  }

  program(entries: readonly number[], dispatcher?: number): LogProgram {
    this.#dispatcher = dispatcher;
    for (const [copy, outcome, index] of this.#queue) {
      this.#functions[index]!.blocks = this.#blocks(copy, outcome);
    }
    const used = new Set<LmsSite>();
    for (const { blocks } of this.#functions) {
      for (const event of blocks.flatMap(({ events }) => events)) {
        if (event.kind === 'log') for (const site of event.sites) used.add(site);
      }
    }
    const sites = [...used].sort(this.#order);
    const indexes = new Map(sites.map((site, index) => [site, index]));
    const written = (event: DraftEvent): LogEvent =>
      event.kind === 'log' ? { ...event, sites: event.sites.map((site) => indexes.get(site)!) } : event;
    const functions = this.#functions.map(({ name, blocks }) => ({
      name,
      blocks: blocks.map(({ events, successors, isExit }) => ({
        events: events.map(written),
        successors,
        returns: isExit,
      })),
    }));
    return { sites, functions, entries };
  }

  #index(copy: number, outcome: Outcome): number {
    const key = `${copy} ${outcome}`;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      const { name } = this.#copies[copy]!;
      index = this.add(outcome === 'throws' ? `${name}!` : name, []);
      this.#indexes.set(key, index);
      this.#queue.push([copy, outcome, index]);
    }
    return index;
  }

  #blocks(copy: number, outcome: Outcome): readonly CompactBlock<DraftEvent>[] {
    const { blocks, returnExit, throwExit } = this.#copies[copy]!.graph;
    const passes = (block: Block) => this.#outcomes.passes(block);
    const toExit = reaching(blocks, outcome === 'returns' ? returnExit : throwExit, passes);
    const toThrow = reaching(blocks, throwExit, passes);
    // What neither returns nor throws (it ends the program, or waits for ever) stands with what returns.
    const keeps = (id: number) => {
      if (toExit.has(id)) return true;
      return outcome === 'returns' && !(this.#throws && toThrow.has(id)) && this.#isEntered(blocks[id]!);
    };
    const exit = outcome === 'returns' ? returnExit : throwExit;
    return compact(blocks, exit, keeps, passes, (block) => this.#events(block));
  }

  /** Not the call of a function that can't throw, for the case that it throws. */
  #isEntered({ events }: Block): boolean {
    const [first] = events;
    return first?.kind !== 'call' || first.targets.some((target) => this.#isPossible(target));
  }

  /** Up to a call that never comes back, which is entered still. */
  #events({ events }: Block): DraftEvent[] {
    const last = events.findIndex(
      (event) => !this.#outcomes.passes({ events: [event], successors: new Set() }),
    );
    return (last < 0 ? events : events.slice(0, last + 1)).flatMap((event) => this.#event(event));
  }

  #event(event: Event): DraftEvent[] {
    if (event.kind === 'serve') {
      return this.#dispatcher === undefined ? [] : [{ kind: 'call', targets: [this.#dispatcher] }];
    }
    if (event.kind !== 'call') return [event];
    if (!event.targets.some(({ copy }) => this.#outcomes.prints(copy))) return [];
    const targets = event.targets.filter((target) => this.#isPossible(target));
    if (targets.length === 0) return [];
    return [
      { kind: 'call', targets: [...new Set(targets.map((each) => this.#index(each.copy, each.outcome)))] },
    ];
  }

  #isPossible({ copy, outcome }: Callee): boolean {
    return outcome === 'returns' || this.#outcomes.has(copy, 'throws');
  }
}
