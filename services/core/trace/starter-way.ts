/**
 * Where a cause's way goes by code that was written within the trace and then executed, what wrote it is told, and not
 * who started it: a cause that had a part in both has two ways, and a reader wants the second one, too (a container that
 * an engine was asked for, whose files it had copied). It must not know what an answer shows.
 */
import { type BestPath, bestPaths, type PathStep } from './best-paths.ts';
import { edgeCosts, isExec } from './edge-cost.ts';
import type { TraceView } from './trace-view.ts';

/** From the cause to the last process of its way whose code was written; empty where there is none. */
export function starterWay(view: TraceView, { steps }: BestPath): readonly PathStep[] {
  const [cause] = steps;
  const run = steps.findLast(({ edge }) => isExec(edge) && view.into(edge.from).length > 0);
  if (cause === undefined || run === undefined) return [];
  const { from: code, to: vertex } = run.edge;
  const starters = (id: string) => view.into(id).filter(({ from }) => from !== code);
  const ways = bestPaths(starters, [{ vertex, time: run.time }], edgeCosts(view));
  return ways.get(cause.edge.from)?.steps ?? [];
}
