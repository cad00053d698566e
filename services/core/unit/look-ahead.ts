/**
 * How many lines each node of an LMS-CFG is on from another one, as far as is looked: those between were filtered by
 * level, or lost. It must not know which of them a line may come from.
 */
import type { LmsCfg } from '../lms/lms-cfg.ts';

/** Steps on from a node, and nodes whose followers are looked at. */
const steps_max = 15;
const nodes_max = 64;
/** Of one LMS-CFG: what is kept, since a process is at the same few places again and again. */
const kept_bytes_max = 16 << 20;

const tooFar = 255;

const kept = new WeakMap<LmsCfg, Map<number, Uint8Array>>();

/** Lines left out between node `from` and node `to`; undefined where it is not reached. */
export function linesBetween(cfg: LmsCfg, from: number, to: number): number | undefined {
  const lines = linesFrom(cfg, from)[to]!;
  return lines === tooFar ? undefined : lines;
}

function linesFrom(cfg: LmsCfg, from: number): Uint8Array {
  let known = kept.get(cfg);
  if (known === undefined) {
    known = new Map();
    kept.set(cfg, known);
  }
  let lines = known.get(from);
  if (lines === undefined) {
    if ((known.size + 1) * cfg.nodes.length > kept_bytes_max) known.clear();
    lines = look(cfg, from);
    known.set(from, lines);
  }
  return lines;
}

/** Breadth first. */
function look(cfg: LmsCfg, from: number): Uint8Array {
  const lines = new Uint8Array(cfg.nodes.length).fill(tooFar);
  let level: readonly number[] = [from];
  let looked = 0;
  for (let steps = 0; steps < steps_max && level.length > 0; steps++) {
    const following: number[] = [];
    for (const at of level) {
      for (const next of cfg.successors(at)) {
        if (lines[next] !== tooFar) continue;
        lines[next] = steps;
        following.push(next);
      }
      if (++looked >= nodes_max) return lines;
    }
    level = following;
  }
  return lines;
}
