/**
 * What statement a line can be of, and what says so: who called for its write, or its text. It must not know units, nor
 * where in its LMS-CFG a process is.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import type { SaidStatement } from '../graph-store.ts';
import { type StampedSite, stampedSite } from '../lms/stamped-site.ts';
import { lettersSaid } from '../unit/lms-walk.ts';
import type { PrintedLine } from '../unit/unit-partition.ts';
import type { Profile } from './running-programs.ts';

export interface MatchedLine extends PrintedLine {
  /** That the line's writer called from. */
  readonly site?: StampedSite;
}

type Line = Pick<AppEntry, 'message' | 'text' | 'stack'>;

/** Who called for the write says more than the line can. */
export function matchedLine(line: Line, profile: Profile | undefined): MatchedLine {
  if (profile === undefined) return { message: line.message, cfg: undefined, candidates: [] };
  return stampedLine(line, profile) ?? matchedByText(line, profile);
}

/** The statement of a candidate; undefined for one that prints anything, and so says nothing of the line: `%s: %s`, not `<%d %s`. */
export function saidStatement(line: MatchedLine, chosen: number): SaidStatement | undefined {
  const { message, candidates, site } = line;
  const candidate = candidates[chosen];
  if (candidate === undefined) return undefined;
  const { text } = candidate.node;
  if (site !== undefined) {
    const at = `0x${site.place.address.toString(16)}`;
    return { by: 'stamp', text, site: at, ...(site.disagrees ? { disagrees: true } : {}) };
  }
  const beginsAsLine = text[0] === message[candidate.from];
  if (!beginsAsLine && lettersSaid(candidate, message) === 0) return undefined;
  return { by: candidates.length === 1 ? 'text' : 'lms-cfg', text };
}

/** Of message and whole line the one of which the call says more. */
function stampedLine({ message, text, stack }: Line, { cfg, matchOf }: Profile): MatchedLine | undefined {
  let best: { line: MatchedLine; disagrees: boolean; said: number } | undefined;
  for (const each of stack === undefined ? [] : text === message ? [message] : [message, text]) {
    const site = stampedSite(cfg, stack!.places, matchOf, each, lettersSaid);
    if (site === undefined) return undefined;
    const { candidates, disagrees } = site;
    const said = Math.max(...candidates.map((candidate) => lettersSaid(candidate, each)));
    const isBetter =
      best === undefined ||
      (best.disagrees && !disagrees) ||
      (best.disagrees === disagrees && said > best.said);
    if (isBetter) best = { line: { message: each, cfg, candidates, site }, disagrees, said };
  }
  return best?.line;
}

/** The message; or the whole line, where a statement says more of that: its format may take a part for its own. */
function matchedByText({ message, text }: Line, { cfg, match }: Profile): MatchedLine {
  const ofMessage = { message, cfg, candidates: match(message) };
  const [best] = ofMessage.candidates;
  const isWhole = best !== undefined && best.from === 0 && best.to === message.length;
  if (text === message || (isWhole && lettersSaid(best, message) > 0)) return ofMessage;
  const ofText = { message: text, cfg, candidates: match(text) };
  return mostSaid(ofText) > mostSaid(ofMessage) ? ofText : ofMessage;
}

function mostSaid({ message, candidates }: PrintedLine): number {
  return candidates[0] === undefined ? 0 : lettersSaid(candidates[0], message);
}
