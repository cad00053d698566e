/**
 * The time of records: the wall clock's, but never going back with it. A clock that is set back goes on here as the
 * monotonic clock says, so that the order of events stays what it was. It must not know what happened at a time.
 */
import { StateTable } from '../state-table.ts';

/** Below this a difference is drift that the kernel smooths out, and the wall clock is followed. */
const step_ns_min = 1_000_000_000n;

export class RecordClock {
  /** Wall clock less monotonic clock, ns. */
  readonly #offset: StateTable<bigint>;
  readonly #onStep: (by_ns: bigint, time: bigint) => void;
  #setBack = false;

  constructor(saved: ReadonlyMap<string, string>, onStep: (by_ns: bigint, time: bigint) => void) {
    this.#offset = new StateTable('record-clock', saved);
    this.#onStep = onStep;
  }

  time(real_ns: bigint, monotonic_ns: bigint): bigint {
    const offset = this.#offset.get('');
    const expected = offset === undefined ? real_ns : monotonic_ns + offset;
    const by = real_ns - expected;
    if (by < -step_ns_min) {
      if (!this.#setBack) this.#onStep(by, expected);
      this.#setBack = true;
      return expected;
    }
    this.#setBack = false;
    if (by > step_ns_min) this.#onStep(by, real_ns);
    if (by !== 0n || offset === undefined) this.#offset.set('', real_ns - monotonic_ns);
    return real_ns;
  }

  /** Another boot, whose monotonic clock begins again. */
  restart(): void {
    this.#offset.delete('');
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#offset.drainInto(into);
  }
}
