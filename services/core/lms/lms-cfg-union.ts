/**
 * The LMS-CFGs of all that one process runs as one: its program first, then shared libraries and interpreted sources.
 * It must not know which process that is. What one part's line can follow in another is not known, and not claimed.
 */
import type { LmsCfg } from './lms-cfg.ts';

/** Ids are counted on from one part to the next. */
export function uniteLmsCfgs(parts: readonly [LmsCfg, ...LmsCfg[]]): LmsCfg {
  const [first] = parts;
  if (parts.length === 1) return first;
  const starts: number[] = [];
  let count = 0;
  for (const { nodes } of parts) {
    starts.push(count);
    count += nodes.length;
  }
  return {
    program: first.program,
    buildId: first.buildId,
    nodes: parts.flatMap(({ nodes }, at) => nodes.map((node) => ({ ...node, id: node.id + starts[at]! }))),
    successors(id) {
      const at = starts.findLastIndex((start) => start <= id);
      return parts[at]!.successors(id - starts[at]!).map((next) => next + starts[at]!);
    },
    nodesAt: (build, address) =>
      parts.flatMap((part, at) => part.nodesAt(build, address).map((id) => id + starts[at]!)),
  };
}
