/** From a log program to its LMS-CFG: what follows what, and where a turn of an event-handling loop begins and ends. */
import { callGraph, printingFunctions } from './call-graph.ts';
import { electLoops } from './event-loop/loop-election.ts';
import { type Loop, loopNest } from './event-loop/loop-nest.ts';
import { type TurnMarks, turnMarks } from './event-loop/turn-marks.ts';
import { type LinkGraph, linkGraph } from './link-graph.ts';
import type { LmsSite, LogProgram } from './log-program.ts';
import { passSummary } from './pass-summary.ts';
import { pointGraph } from './point-graph.ts';
import { EventKind, programTable } from './program-table.ts';
import { siteOrder } from './site-order.ts';

export interface BuiltLmsCfg {
  /** By place; a site's index is its number in `links` and `marks`. */
  readonly sites: readonly LmsSite[];
  readonly graph: LinkGraph;
  /** Those that handle events. */
  readonly loops: readonly Loop[];
  readonly marks: TurnMarks;
}

/** `bt`: callers up which a loop is looked for that prints, where the loop that waits does not. */
export function buildLmsCfg(program: LogProgram, bt: number): BuiltLmsCfg {
  const ids = siteOrder(program.sites);
  const sites: LmsSite[] = new Array(program.sites.length);
  for (const [index, site] of program.sites.entries()) sites[ids[index]!] = site;
  const table = programTable(program, ids);
  const calls = callGraph(table);
  const printing = printingFunctions(table, calls);
  const silent = passSummary(table, (kind) => kind === EventKind.log);
  const returning = passSummary(table, () => false);
  const graph = linkGraph(pointGraph(table, { printing, silent, returning }));
  const nest = loopNest(table, printing, returning);
  const loops = electLoops(table, calls, nest, bt);
  return { sites, graph, loops, marks: turnMarks(table, { printing, silent }, loops) };
}
