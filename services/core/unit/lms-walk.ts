/**
 * Where in its LMS-CFG a process (or one of its units) is, after each of its log lines. Of the nodes that a line may
 * come from, several are kept with what it costs to believe each, so that what a later line shows counts for the
 * earlier ones too (look-back). A line may be many steps on: those between were filtered by level, or lost
 * (look-ahead). Where none can be reached, the walk goes on at the likeliest (resynchronises), which costs more than
 * any way. It must not know units.
 */
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';

/** A node that a message may come from, in the matcher's order. */
export interface Candidate {
  readonly node: LmsNode;
  /** The part of the message that it is. */
  readonly from: number;
  readonly to: number;
}

export interface Walk {
  /** The likeliest first. */
  places: { node: number; cost: number }[];
  lines: number;
  /** Lines that nothing before them could reach. */
  strayed: number;
}

export interface Step {
  /** Position of the likeliest among the candidates. */
  readonly chosen: number;
  /** Lines between it and the one before; 0 where it follows at once, undefined where it can't be reached. */
  readonly skipped: number | undefined;
}

const places_max = 4;
/** Steps that a line may be on from the one before it, and nodes looked at to find that out. */
export const lookAhead_steps_max = 15;
const lookAhead_nodes_max = 512;
const candidates_max = 16;
const strayed_cost = 6;
/** Of lines left out: the first of them, and each further one. */
const skip_cost = 1;
const skipEach_cost = 0.2;
/** What is a part of the message is less likely than what is the whole; of one kind, the matcher's order. */
const part_cost = 1.5;
const rank_cost = 0.05;
const notStart_cost = 0.5;

export function emptyWalk(): Walk {
  return { places: [], lines: 0, strayed: 0 };
}

/** Takes the walk one line on; undefined, and no change, where there is no candidate. */
export function step(walk: Walk, cfg: LmsCfg, given: readonly Candidate[], length: number): Step | undefined {
  const candidates = given.slice(0, candidates_max);
  if (candidates.length === 0) return undefined;
  const ways = walk.places.map(({ node, cost }) => ({ cost, steps: stepsTo(cfg, node, candidates) }));
  const next: { node: number; cost: number; at: number; skipped: number | undefined }[] = [];
  for (const [at, { node, from, to }] of candidates.entries()) {
    const own = (from === 0 && to === length ? 0 : part_cost) + at * rank_cost;
    let best = {
      cost: walk.places.length === 0 ? (node.loopStart ? 0 : notStart_cost) : strayed_cost,
      skipped: walk.places.length === 0 ? 0 : (undefined as number | undefined),
    };
    for (const { cost, steps } of ways) {
      const skipped = steps.get(node.id);
      if (skipped === undefined) continue;
      const whole = cost + (skipped === 0 ? 0 : skip_cost + skipped * skipEach_cost);
      if (whole < best.cost) best = { cost: whole, skipped };
    }
    if (next.some((other) => other.node === node.id)) continue;
    next.push({ node: node.id, cost: best.cost + own, at, skipped: best.skipped });
  }
  next.sort((a, b) => a.cost - b.cost || a.at - b.at);
  const [best] = next;
  walk.lines++;
  if (best!.skipped === undefined) walk.strayed++;
  walk.places = next
    .slice(0, places_max)
    .map(({ node, cost }) => ({ node, cost: cost - best!.cost }))
    .filter(({ cost }) => cost < strayed_cost);
  return { chosen: best!.at, skipped: best!.skipped };
}

/** Lines left out between `from` and each candidate that can be reached. */
function stepsTo(cfg: LmsCfg, from: number, candidates: readonly Candidate[]): Map<number, number> {
  const wanted = new Set(candidates.map(({ node }) => node.id));
  const found = new Map<number, number>();
  const seen = new Set<number>();
  let level: readonly number[] = [from];
  for (let steps = 0; steps < lookAhead_steps_max && level.length > 0; steps++) {
    const following: number[] = [];
    for (const at of level) {
      for (const next of cfg.successors(at)) {
        if (seen.has(next)) continue;
        seen.add(next);
        following.push(next);
        if (!wanted.delete(next)) continue;
        found.set(next, steps);
        if (wanted.size === 0) return found;
      }
      if (seen.size > lookAhead_nodes_max) return found;
    }
    level = following;
  }
  return found;
}
