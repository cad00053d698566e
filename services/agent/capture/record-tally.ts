/** What went by in a stream of records, counted by the kind's name; also what its counters say was lost. */
import { kindName, recordFlag, recordKind } from '../../core/record/record-kind.ts';
import type { RecordView } from '../../core/record/record-view.ts';

export class RecordTally {
  records = 0;
  /** Those that a source gave: of containers and of itself the agent tells whatever there is. */
  captured = 0;
  bytes = 0;
  logWrites = 0;
  readonly byKind = new Map<string, number>();
  readonly #lost = new Map<number, { first: number; last: number }>();

  add(record: RecordView): void {
    this.records++;
    this.bytes += record.size;
    const { kind } = record;
    if (kind !== recordKind.container && kind !== recordKind.note) this.captured++;
    const name = kindName(kind);
    this.byKind.set(name, (this.byKind.get(name) ?? 0) + 1);
    if (kind === recordKind.syscall && (record.flags & recordFlag.log) !== 0 && record.piece === 0)
      this.logWrites++;
    if (kind !== recordKind.counters) return;
    const { cpu, result } = record;
    const known = this.#lost.get(cpu);
    if (known === undefined || result < known.last) this.#lost.set(cpu, { first: result, last: result });
    else known.last = result;
  }

  get lost(): number {
    let lost = 0;
    for (const { first, last } of this.#lost.values()) lost += last - first;
    return lost;
  }
}
