/**
 * Where in its LMS-CFG a process (or one of its units) is, after each of its log lines. Of the nodes that a line may
 * come from, several are kept with what it costs to believe each, so that what a later line shows counts for the
 * earlier ones too (look-back). A line may be many steps on: those between were filtered by level, or lost
 * (look-ahead). Where none can be reached, the walk goes on at the likeliest (resynchronises), which costs more than
 * any way. It must not know units.
 */
import type { LmsCfg, LmsNode } from '../lms/lms-cfg.ts';
import { linesBetween } from './look-ahead.ts';

/** A node that a message may come from, in the matcher's order. */
export interface Candidate {
  readonly node: LmsNode;
  /** The part of the message that it is. */
  readonly from: number;
  readonly to: number;
  /** What stands in its holes. */
  readonly variables: readonly string[];
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
const candidates_max = 16;
const strayed_cost = 6;
/** Of lines left out: the first of them, and each further one. */
const skip_cost = 1;
const skipEach_cost = 0.2;
/** What is a part of the message is less likely than what is the whole; of one kind, the matcher's order. */
const part_cost = 1.5;
const rank_cost = 0.05;
/** For each time that a part says half of what another candidate does: where it follows, that can be chance. */
const saysHalf_cost = 5;
/** What prints anything is believed only where nothing that says something fits. */
const catchAll_cost = 12;
const notStart_cost = 0.5;

export function emptyWalk(): Walk {
  return { places: [], lines: 0, strayed: 0 };
}

/** Takes the walk one line on; undefined, and no change, where there is no candidate. */
export function step(
  walk: Walk,
  cfg: LmsCfg,
  given: readonly Candidate[],
  message: string,
): Step | undefined {
  const candidates = given.slice(0, candidates_max);
  if (candidates.length === 0) return undefined;
  const said = candidates.map((candidate) => lettersSaid(candidate, message));
  const most = Math.max(...said);
  const next = candidates.map((candidate, at) => {
    const way =
      walk.places.length === 0 ? firstWay(candidate.node) : cheapestWay(walk, cfg, candidate.node.id);
    return {
      ...way,
      node: candidate.node.id,
      at,
      cost: way.cost + ownCost(candidate, message, said[at]!, most) + at * rank_cost,
    };
  });
  next.sort((a, b) => a.cost - b.cost || a.at - b.at);
  const best = next[0]!;
  walk.lines++;
  if (best.skipped === undefined) walk.strayed++;
  walk.places = next
    .filter(
      ({ node, cost }, i) => cost - best.cost < strayed_cost && next.findIndex((n) => n.node === node) === i,
    )
    .slice(0, places_max)
    .map(({ node, cost }) => ({ node, cost: cost - best.cost }));
  return { chosen: best.at, skipped: best.skipped };
}

/** Letters and digits of its own in the message; none of what prints anything. */
export function lettersSaid({ from, to, variables }: Candidate, message: string): number {
  return variables.reduce((left, each) => left - lettersIn(each), lettersIn(message.slice(from, to)));
}

const letters = /[\p{L}\p{N}]+/gu;

function lettersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) return text.match(letters)?.join('').length ?? 0;
    // The bit makes a letter a small one.
    const small = code | 32;
    if ((small >= 97 && small <= 122) || (code >= 48 && code <= 57)) count++;
  }
  return count;
}

interface Way {
  readonly cost: number;
  readonly skipped: number | undefined;
}

function firstWay({ loopStart }: LmsNode): Way {
  return { cost: loopStart ? 0 : notStart_cost, skipped: 0 };
}

function cheapestWay({ places }: Walk, cfg: LmsCfg, node: number): Way {
  let best: Way = { cost: strayed_cost, skipped: undefined };
  for (const { node: from, cost } of places) {
    const skipped = linesBetween(cfg, from, node);
    if (skipped === undefined) continue;
    const whole = cost + (skipped === 0 ? 0 : skip_cost + skipped * skipEach_cost);
    if (whole < best.cost) best = { cost: whole, skipped };
  }
  return best;
}

function ownCost({ from, to }: Candidate, message: string, said: number, most: number): number {
  const isWhole = from === 0 && to === message.length;
  if (said === 0) return (isWhole ? 0 : part_cost) + catchAll_cost;
  return isWhole ? 0 : part_cost + saysHalf_cost * Math.log2(most / said);
}
