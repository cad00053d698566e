/**
 * One host's events that are still coming in, in the order of their serials. Records of several events come mixed, and
 * a serial can come after a higher one; the window waits a bounded number of records for them, and never longer. It
 * must not know the clock: the same records give the same events whenever they come.
 */
import { PendingEvent, type SavedEvent } from './audit-event.ts';

export interface WindowLimits {
  /** An event is given out when so many records of its host came after its last one. */
  readonly lagRecords: number;
  /** Events that wait at most, and the bytes of their records. */
  readonly eventsMax: number;
  readonly bytesMax: number;
}

/** What `restore` takes. */
export interface SavedWindow {
  readonly events: readonly SavedEvent[];
  readonly records: number;
  readonly highest: number | undefined;
  readonly given: number | undefined;
  readonly latest: number;
}

/** What the window says of a serial that it has not got. */
export type Novelty = 'next' | 'reordered' | 'late' | 'reset';

export class EventWindow {
  readonly #limits: WindowLimits;
  readonly #give: (pending: PendingEvent) => void;
  /** Sorted by position from `#head` on. */
  #queue: PendingEvent[] = [];
  #head = 0;
  #bytes = 0;
  #records = 0;
  #last: PendingEvent | undefined;
  /** Newest serial seen; undefined while none was. */
  #highest: number | undefined;
  /** Serial of the newest event given out since the last reset. */
  #given: number | undefined;
  #latest = 0;

  constructor(limits: WindowLimits, give: (pending: PendingEvent) => void) {
    this.#limits = limits;
    this.#give = give;
  }

  /** The event of that serial and time, where it waits here. */
  find(serial: number, seconds: number, nanos: number): PendingEvent | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last, serial, seconds, nanos)) return last;
    if (this.#highest === undefined) return undefined;
    const distance = signedDistance(serial, this.#highest);
    if (distance > 0) return undefined;
    for (let i = this.#queue.length - 1; i >= this.#head; i--) {
      const pending = this.#queue[i]!;
      if (isSame(pending, serial, seconds, nanos)) {
        this.#last = pending;
        return pending;
      }
      if (signedDistance(pending.position, this.#highest) < distance) return undefined;
    }
    return undefined;
  }

  /** Where a new event of that serial and time (s since the epoch) would stand. */
  novelty(serial: number, seconds: number): Novelty {
    if (this.#highest === undefined) return 'next';
    const distance = signedDistance(serial, this.#highest);
    if (distance > 0) return 'next';
    if (distance < -farBack) return 'reset';
    const isLate = this.#given !== undefined && signedDistance(serial, this.#given) <= 0;
    if (!isLate) return 'reordered';
    // A record that was held up is old; after a boot the serials begin again while time goes on.
    return seconds > this.#latest + bootSeconds ? 'reset' : 'late';
  }

  /** Where an event that is no part of the order has its place: after all that came before it. */
  get tail(): number {
    return this.#highest ?? 0;
  }

  /** Takes in a new event. */
  add(pending: PendingEvent): void {
    const queue = this.#queue;
    if (pending.ordered) {
      if (this.#highest === undefined || signedDistance(pending.position, this.#highest) > 0) {
        this.#highest = pending.position;
      }
      if (pending.seconds > this.#latest) this.#latest = pending.seconds;
    }
    let at = queue.length;
    while (at > this.#head && signedDistance(queue[at - 1]!.position, pending.position) > 0) at--;
    if (at === queue.length) queue.push(pending);
    else queue.splice(at, 0, pending);
    this.#last = pending;
  }

  /** Counts a record of `bytes` bytes that was put into `pending`, and gives out the events that can wait no longer. */
  settle(pending: PendingEvent, bytes: number): void {
    pending.newest = ++this.#records;
    pending.records++;
    pending.bytes += bytes;
    this.#bytes += bytes;
    const { lagRecords, eventsMax, bytesMax } = this.#limits;
    while (this.#head < this.#queue.length) {
      const first = this.#queue[this.#head]!;
      const waits =
        this.#records - first.newest < lagRecords &&
        this.#queue.length - this.#head <= eventsMax &&
        this.#bytes <= bytesMax;
      if (waits && !(first.closed && this.#isNext(first))) break;
      this.#giveFirst(first);
    }
  }

  /** Gives out all events. */
  flush(): void {
    while (this.#head < this.#queue.length) this.#giveFirst(this.#queue[this.#head]!);
  }

  /** Gives out all events and forgets the order: the next serial begins a new one. */
  reset(): void {
    this.flush();
    this.#highest = undefined;
    this.#given = undefined;
    this.#latest = 0;
  }

  save(): SavedWindow {
    return {
      events: this.#queue.slice(this.#head).map((pending) => pending.save()),
      records: this.#records,
      highest: this.#highest,
      given: this.#given,
      latest: this.#latest,
    };
  }

  /** Only while it is empty. */
  restore(saved: SavedWindow): void {
    this.#queue = saved.events.map((event) => PendingEvent.restored(event));
    for (const { bytes } of this.#queue) this.#bytes += bytes;
    this.#records = saved.records;
    this.#highest = saved.highest;
    this.#given = saved.given;
    this.#latest = saved.latest;
  }

  /** No serial can be missing before it. */
  #isNext(pending: PendingEvent): boolean {
    if (!pending.ordered) return true;
    return this.#given !== undefined && signedDistance(pending.position, this.#given) === 1;
  }

  #giveFirst(pending: PendingEvent): void {
    this.#head++;
    this.#bytes -= pending.bytes;
    if (this.#last === pending) this.#last = undefined;
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    } else if (this.#head >= compactAt) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    if (pending.ordered && (this.#given === undefined || signedDistance(pending.position, this.#given) > 0)) {
      this.#given = pending.position;
    }
    this.#give(pending);
  }
}

/** A serial so far behind was not held up: it belongs to another boot. */
const farBack = 65_536;
/** Serials that begin again within this time (s) are those of records that were held up. */
const bootSeconds = 1;
const compactAt = 1024;

/** How far `a` is ahead of `b`, where serials go round after 2^32. */
function signedDistance(a: number, b: number): number {
  return (a - b) | 0;
}

function isSame(pending: PendingEvent, serial: number, seconds: number, nanos: number): boolean {
  return (
    pending.position === serial && pending.seconds === seconds && pending.nanos === nanos && pending.ordered
  );
}
