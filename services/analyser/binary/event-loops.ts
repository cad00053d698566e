/** Loops that a library runs for the program, as functions of the log program. They must not know who calls them. */
import type { LogEvent, LogFunction } from '../lms-cfg/log-program.ts';

export class EventLoops {
  readonly functions: LogFunction[] = [];
  readonly #first: number;
  readonly #known = new Map<string, number>();

  /** `first`: index of the first of them among all functions. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Index of the function that does these events over and over, and returns some time. */
  of(turn: readonly LogEvent[]): number {
    const key = JSON.stringify(turn);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.#first + this.functions.length;
    this.#known.set(key, index);
    const blocks = [
      { events: [], successors: [1], returns: false },
      { events: turn, successors: [1, 2], returns: false },
      { events: [], successors: [], returns: true },
    ];
    this.functions.push({ name: 'event loop', blocks });
    return index;
  }
}
