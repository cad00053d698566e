/**
 * Finds what a source lost: holes in a processor's sequence, and what its counters own up to. Both tell of the same
 * losses, at different times, so that the larger of the two sums counts. It must not know records of any kind.
 */
import type { KnownGap } from '../event/known-gap.ts';
import { StateTable } from '../state-table.ts';

interface Processor {
  /** Of its newest record: sequence number and time. */
  sequence: number | undefined;
  /** Its records have numbers: audit's have none, and only its counters tell. */
  isNumbered: boolean;
  time: bigint;
  holes: number;
  /** What the counters said first and last. */
  lostAtFirst: number | undefined;
  lost: number;
  reported: number;
}

interface Pending {
  from: bigint;
  until: bigint;
  missing: number;
}

/** Records that come so much later than their turn are late; beyond it the numbers began again. */
const disorder_max = 4_096;
const processors_max = 4_096;

export class SequenceCheck {
  readonly #processors: StateTable<Processor>;
  readonly #pending: StateTable<Pending>;
  readonly #emit: (gap: Omit<KnownGap, 'kind' | 'host'>) => void;

  constructor(saved: ReadonlyMap<string, string>, emit: (gap: Omit<KnownGap, 'kind' | 'host'>) => void) {
    this.#emit = emit;
    this.#processors = new StateTable('record-cpu', saved);
    this.#pending = new StateTable('record-gap', saved);
  }

  /** A record of the kernel at `time` (ns). */
  record(cpu: number, sequence: number, time: bigint): void {
    let known = this.#processor(cpu, time);
    if (known.sequence !== undefined) {
      const ahead = sequence - known.sequence;
      if (ahead > 0) known.holes += ahead - 1;
      else if (ahead < -disorder_max) known = this.#fresh(cpu, time);
      else known.holes = Math.max(known.reported, known.holes - 1);
    }
    known.isNumbered = true;
    known.sequence = Math.max(known.sequence ?? 0, sequence);
    this.#account(cpu, known, time);
  }

  /**
   * The counters of a processor, behind every record that they count; they come every second, and so does a gap at
   * most. `attempts` is the sequence number of the last that was tried.
   */
  counters(cpu: number, attempts: number, lost: number, time: bigint): void {
    let known = this.#processor(cpu, time);
    if (lost < known.lost) known = this.#fresh(cpu, time);
    const newest = known.sequence ?? attempts;
    if (known.isNumbered && attempts > newest) known.holes += attempts - newest;
    known.sequence = Math.max(newest, attempts);
    known.lostAtFirst ??= lost;
    known.lost = lost;
    this.#account(cpu, known, time);
    this.flush();
  }

  /** Another capture began: its numbers say nothing of those before. */
  restart(): void {
    this.flush();
    for (const [cpu] of [...this.#processors.entries()]) this.#processors.delete(cpu);
  }

  flush(): void {
    const pending = this.#pending.get('');
    if (pending === undefined) return;
    this.#pending.delete('');
    const { missing } = pending;
    this.#emit({ ...pending, reason: `${missing} record${missing === 1 ? '' : 's'} lost in the kernel` });
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#processors.drainInto(into);
    this.#pending.drainInto(into);
  }

  #processor(cpu: number, time: bigint): Processor {
    return this.#processors.get(String(cpu % processors_max)) ?? this.#fresh(cpu, time);
  }

  #fresh(cpu: number, time: bigint): Processor {
    const fresh = {
      sequence: undefined,
      isNumbered: false,
      time,
      holes: 0,
      lostAtFirst: undefined,
      lost: 0,
      reported: 0,
    };
    return this.#processors.set(String(cpu % processors_max), fresh);
  }

  #account(cpu: number, known: Processor, time: bigint): void {
    const lost = Math.max(known.holes, known.lost - (known.lostAtFirst ?? known.lost));
    if (lost > known.reported) {
      const pending = this.#pending.get('') ?? { from: known.time, until: time, missing: 0 };
      pending.missing += lost - known.reported;
      if (known.time < pending.from) pending.from = known.time;
      if (time > pending.until) pending.until = time;
      this.#pending.set('', pending);
      known.reported = lost;
    }
    known.time = time;
    this.#processors.touch(String(cpu % processors_max));
  }
}
