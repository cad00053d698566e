/**
 * The first and last lines of one turn of an event-handling loop. A turn begins where the loop's header is entered
 * and ends where an edge leads back to it: by then, or by the next time the loop waits, the end syscalls are made.
 * An edge out of the loop ends the loop and no turn. It must not know why a loop was chosen.
 */
import type { PassSummary } from '../pass-summary.ts';
import type { ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import { syscallsThrough } from './made-syscalls.ts';
import { syscallNames } from './syscall-bits.ts';
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
  const begin = new TurnBegin(table, summaries);
  const end = new TurnEnd(table, summaries, syscallsThrough(table, summaries.silent));
  for (const loop of loops) {
    begin.addStarts(loop);
    end.addEnds(loop, begin.nextWaits(loop));
  }
  const ends = new Uint8Array(table.siteCount);
  for (const site of end.ends.keys()) ends[site] = 1;
  const endSyscalls = new Map(
    [...end.ends].map(([site, bits]) => [site, syscallNames(table, bits)] as const),
  );
  return { starts: begin.starts, ends, endSyscalls };
}
