/**
 * Puts events that come a little out of the order of their serials back into it, as LAUREL gives those that ended late:
 * one whose number is not the next waits for a bounded number of others. It must not know what an event means.
 */
import type { SystemEvent } from '../event/event.ts';

/** What `restore` takes. */
export interface SavedOrder {
  readonly waiting: readonly SystemEvent[];
  readonly given: number | undefined;
}

const waiting_max = 64;
/** Numbers so far back are those of another boot. */
const reset_min = 10_000;

export class SerialOrder {
  readonly #emit: (event: SystemEvent) => void;
  /** Ascending. */
  #waiting: SystemEvent[] = [];
  #given: number | undefined;

  constructor(emit: (event: SystemEvent) => void) {
    this.#emit = emit;
  }

  add(event: SystemEvent): void {
    // The audit daemon numbers its own messages.
    if (event.type.startsWith('DAEMON_')) {
      this.#emit(event);
      return;
    }
    const newest = this.#waiting.at(-1)?.serial ?? this.#given;
    if (newest !== undefined && distance(event.serial, newest) < -reset_min) {
      this.flush();
      this.#given = undefined;
    }
    let at = this.#waiting.length;
    while (at > 0 && distance(this.#waiting[at - 1]!.serial, event.serial) > 0) at--;
    this.#waiting.splice(at, 0, event);
    while (this.#waiting.length > waiting_max || this.#isNext()) this.#giveFirst();
  }

  flush(): void {
    while (this.#waiting.length > 0) this.#giveFirst();
  }

  save(): SavedOrder {
    return { waiting: this.#waiting, given: this.#given };
  }

  restore({ waiting, given }: SavedOrder): void {
    this.#waiting = [...waiting];
    this.#given = given;
  }

  #isNext(): boolean {
    const [first] = this.#waiting;
    if (first === undefined) return false;
    return this.#given !== undefined && distance(first.serial, this.#given) <= 1;
  }

  #giveFirst(): void {
    const event = this.#waiting.shift()!;
    if (this.#given === undefined || distance(event.serial, this.#given) > 0) this.#given = event.serial;
    this.#emit(event);
  }
}

/** How far `a` is ahead of `b`, where serials go round after 2^32. */
function distance(a: number, b: number): number {
  return (a - b) | 0;
}
