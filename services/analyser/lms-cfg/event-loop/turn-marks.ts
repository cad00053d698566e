/**
 * The first and last lines of one turn of an event-handling loop. A turn begins where the loop's header is entered
 * and ends where an edge leads back to it: by then, or by the next time the loop waits, the end syscalls are made.
 * An edge out of the loop ends the loop and no turn. It must not know why a loop was chosen.
 */
import type { PassSummary } from '../pass-summary.ts';
import type { ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import { addBits, emptyBits, namesOf, SilentSyscalls, type SyscallBits } from './silent-syscalls.ts';
import { TurnBegin } from './turn-begin.ts';
import { TurnEnd } from './turn-end.ts';

/** By site. */
export interface TurnMarks {
  readonly starts: Uint8Array;
  readonly ends: Uint8Array;
  readonly endSyscalls: ReadonlyMap<number, readonly string[]>;
}

export interface TurnSummaries {
  readonly printing: Uint8Array;
  readonly silent: PassSummary;
}

export function turnMarks(
  table: ProgramTable,
  summaries: TurnSummaries,
  loops: readonly EventLoop[],
): TurnMarks {
  const starts = new Uint8Array(table.siteCount);
  const ends = new Uint8Array(table.siteCount);
  const after = new Map<number, SyscallBits>();
  if (loops.length > 0) {
    const begin = new TurnBegin(table, summaries);
    const end = new TurnEnd(table, summaries, new SilentSyscalls(table, summaries.silent));
    for (const loop of loops) {
      for (const site of begin.firstSites(loop)) starts[site] = 1;
      for (const [site, bits] of end.lastSites(loop, begin.nextWaits(loop))) {
        ends[site] = 1;
        const known = after.get(site) ?? emptyBits(table);
        addBits(known, bits);
        after.set(site, known);
      }
    }
  }
  const endSyscalls = new Map([...after].map(([site, bits]) => [site, namesOf(table, bits)] as const));
  return { starts, ends, endSyscalls };
}
