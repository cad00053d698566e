/** What said which statements printed the lines of an answer, counted. It must not know how it was found out. */
import type { EntryAnswer } from '../../contract/units.ts';
import { grouped } from './quantity.ts';

export class StatementTally {
  lines = 0;
  stamped = 0;
  disagreeing = 0;

  add(entries: readonly EntryAnswer[]): void {
    for (const { kind, by, disagrees } of entries) {
      if (kind !== 'app') continue;
      this.lines++;
      if (by === 'stamp') this.stamped++;
      if (disagrees) this.disagreeing++;
    }
  }

  text(): string {
    const stamped = `of ${grouped(this.lines)} lines the kernel says of ${grouped(this.stamped)} which code wrote them`;
    if (this.disagreeing === 0) return stamped;
    return `${stamped}; ${grouped(this.disagreeing)} are not what that code prints: the profile is wrong, or the line was made up`;
  }
}
