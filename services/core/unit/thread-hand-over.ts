/**
 * Which thread works for which: one that writes to an event counter, or to a pipe of its own process, wakes the
 * thread that reads it. What a helper does for it belongs to what the woken thread was at, and the woken thread goes
 * on with what it was handed. Of several requests that a thread took before its helpers got to them, they work on the
 * first one first. It must not know units but by number.
 */
import { StateTable } from '../state-table.ts';

interface Wakes {
  /** Descriptor or pipe → the thread that reads it. */
  readers: Record<string, number>;
  /** Descriptor or pipe → ordinal of the unit that the last waker was in. */
  handed: Record<string, number>;
  /** Helper → the thread that it wakes. */
  helpers: Record<string, number>;
  /** Thread with helpers → ordinals of units that nobody has worked on yet, in order. */
  asked: Record<string, number[]>;
}

/** Of each kind, of one process; beyond it the first is forgotten. */
const wakes_max = 512;
const asked_max = 1_024;

export class ThreadHandOver {
  readonly #processes: StateTable<Wakes>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#processes = new StateTable('wakes', saved);
  }

  /** `thread`, which is in the unit `ordinal`, wrote to `waker`; true where that hands the unit to another thread. */
  woke(process: string, thread: number, waker: string, ordinal: number | undefined): boolean {
    const wakes = this.#processes.get(process);
    const reader = wakes?.readers[waker];
    if (wakes === undefined || reader === undefined || reader === thread) return false;
    put(wakes.helpers, String(thread), reader);
    if (wakes.asked[reader] === undefined) put(wakes.asked, String(reader), []);
    if (ordinal !== undefined) put(wakes.handed, waker, ordinal);
    this.#processes.touch(process);
    return true;
  }

  /** `thread` read `waker`: the ordinal of the unit that it goes on with. */
  woken(process: string, thread: number, waker: string): number | undefined {
    const wakes = this.#of(process);
    const ordinal = wakes.handed[waker];
    if (wakes.readers[waker] === thread && ordinal === undefined) return undefined;
    put(wakes.readers, waker, thread);
    delete wakes.handed[waker];
    this.#processes.touch(process);
    return ordinal;
  }

  /** The thread that `thread` works for. */
  served(process: string, thread: number): number | undefined {
    return this.#processes.get(process)?.helpers[thread];
  }

  /** A request came to `thread`, in the unit `ordinal`. */
  asked(process: string, thread: number, ordinal: number): void {
    const wakes = this.#processes.get(process);
    const asked = wakes?.asked[thread];
    if (asked === undefined) return;
    asked.push(ordinal);
    if (asked.length > asked_max) asked.shift();
    this.#processes.touch(process);
  }

  /** The request is answered, whoever worked on it. */
  answered(process: string, ordinal: number): void {
    const wakes = this.#processes.get(process);
    for (const thread in wakes?.asked) {
      const at = wakes.asked[thread]!.indexOf(ordinal);
      if (at < 0) continue;
      wakes.asked[thread]!.splice(at, 1);
      this.#processes.touch(process);
    }
  }

  /** Whether some thread of it works for others. */
  hasHelpers(process: string): boolean {
    return this.#processes.get(process) !== undefined;
  }

  /**
   * `helper` begins a piece of work: the ordinal of the unit that it is for, where several wait: the first of those
   * that fit, or of all.
   */
  taken(process: string, helper: number, fits: (ordinal: number) => boolean): number | undefined {
    const wakes = this.#processes.get(process);
    const asked = wakes?.asked[wakes.helpers[helper] ?? ''];
    if (asked === undefined || asked.length === 0) return undefined;
    const [ordinal] = asked.splice(Math.max(asked.findIndex(fits), 0), 1);
    this.#processes.touch(process);
    return ordinal;
  }

  drop(process: string): void {
    this.#processes.delete(process);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#processes.drainInto(into);
  }

  #of(process: string): Wakes {
    return (
      this.#processes.get(process) ??
      this.#processes.set(process, { readers: {}, handed: {}, helpers: {}, asked: {} })
    );
  }
}

function put<T>(record: Record<string, T>, key: string, value: T): void {
  const isNew = record[key] === undefined;
  record[key] = value;
  if (!isNew) return;
  const keys = Object.keys(record);
  // The first by name, since state may come back in another order than it was made.
  if (keys.length > wakes_max) delete record[keys.reduce((a, b) => (a < b ? a : b))];
}
