/**
 * Which statement the callers of a write name: the places of a stack that are calls of an LMS-CFG's nodes, against what
 * the line itself says. It must not know how a stack was walked, nor where in the LMS-CFG a process is.
 */
import type { CodePlace } from '../app-log/call-stack.ts';
import type { LmsCfg } from './lms-cfg.ts';
import type { LmsMatch } from './matcher.ts';

export interface StampedSite {
  /** The texts that the call can print: those that fit, or, where none does, all. */
  readonly candidates: readonly LmsMatch[];
  readonly place: CodePlace;
  /** The line is none of them: the profile is wrong, or somebody lies. */
  readonly disagrees: boolean;
}

/**
 * `matchOf` says what of the message each of some nodes is. A log function prints by functions that print what they are
 * given, so that several places can be calls of nodes: the one that says most of the line is meant, of equals the
 * outermost.
 */
export function stampedSite(
  cfg: LmsCfg,
  places: readonly CodePlace[],
  matchOf: (message: string, nodes: readonly number[]) => readonly LmsMatch[],
  message: string,
  lettersSaid: (candidate: LmsMatch, message: string) => number,
): StampedSite | undefined {
  let best: { place: CodePlace; fitting: readonly LmsMatch[]; said: number } | undefined;
  let outermost: { place: CodePlace; nodes: readonly number[] } | undefined;
  for (const place of places) {
    const nodes = cfg.nodesAt(place.build, place.address);
    if (nodes.length === 0) continue;
    outermost = { place, nodes };
    const fitting = matchOf(message, nodes);
    if (fitting.length === 0) continue;
    const said = Math.max(...fitting.map((candidate) => lettersSaid(candidate, message)));
    if (best === undefined || said >= best.said) best = { place, fitting, said };
  }
  if (best !== undefined) return { candidates: best.fitting, place: best.place, disagrees: false };
  if (outermost === undefined) return undefined;
  const all = outermost.nodes.map((id) => whole(cfg, id, message));
  return { candidates: all, place: outermost.place, disagrees: true };
}

function whole(cfg: LmsCfg, id: number, message: string): LmsMatch {
  return { node: cfg.nodes[id]!, from: 0, to: message.length, variables: [message] };
}
