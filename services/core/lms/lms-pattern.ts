/** What the matcher knows of one regex of a profile. It must not know how patterns are found in a message. */
import type { LmsNode } from './lms-cfg.ts';
import { op, type RegexProgram, regexProgram } from './regex/regex-program.ts';

export interface LmsPattern {
  /** Place in the order of specificity. */
  rank: number;
  /** All that have this regex, by id. */
  readonly nodes: readonly LmsNode[];
  /** Of one line of a text of several: capture groups in those before. Such a pattern is for single lines alone. */
  readonly groupsBefore: number | undefined;
  readonly program: RegexProgram;
  /** Characters of its constants. */
  readonly weight: number;
  /** Without a letter or digit in its constants it says nothing. */
  readonly isCatchAll: boolean;
  /** Whether it says enough to be looked for within a message. */
  readonly isTelling: boolean;
  readonly beginsWithGap: boolean;
  /** Place among the saved ones of where the gap at its end begins; undefined without one. */
  readonly lastGap: number | undefined;
}

export interface RejectedNode {
  readonly node: LmsNode;
  readonly reason: string;
}

/** Letters and digits: shorter words stand in messages of any kind, unless much stands around them. */
const telling_characters_min = 4;
const telling_weight_min = 12;

/** The most specific first: the more constant text, the fewer gaps, then by id. */
export function lmsPatterns(nodes: readonly LmsNode[]): { patterns: LmsPattern[]; rejected: RejectedNode[] } {
  const byRegex = new Map<string, LmsNode[]>();
  for (const node of nodes) {
    const same = byRegex.get(node.regex);
    if (same === undefined) byRegex.set(node.regex, [node]);
    else same.push(node);
  }
  const patterns: LmsPattern[] = [];
  const rejected: RejectedNode[] = [];
  for (const [regex, same] of byRegex) {
    try {
      patterns.push(patternOf(regexProgram(regex), same, undefined), ...linePatterns(regex, same));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const node of same) rejected.push({ node, reason });
    }
  }
  patterns.sort(
    (a, b) => b.weight - a.weight || a.program.gaps - b.program.gaps || a.nodes[0]!.id - b.nodes[0]!.id,
  );
  for (const [rank, pattern] of patterns.entries()) pattern.rank = rank;
  return { patterns, rejected };
}

/** What a statement of several lines prints comes line by line from a log. A line that says nothing is none's. */
function linePatterns(regex: string, nodes: readonly LmsNode[]): LmsPattern[] {
  const patterns = new Map<string, LmsPattern>();
  let groupsBefore = 0;
  for (const line of linesOf(regex)) {
    const program = regexProgram(`^${line}$`);
    const pattern = patternOf(program, nodes, groupsBefore);
    if (pattern.isTelling && !patterns.has(line)) patterns.set(line, pattern);
    groupsBefore += program.groups;
  }
  return [...patterns.values()];
}

/** Of an anchored regex of several lines; none of another one, or of one with a newline in a group or a class. */
function linesOf(regex: string): string[] {
  if (!regex.includes('\n') || !regex.startsWith('^') || !regex.endsWith('$')) return [];
  const lines = regex.slice(1, -1).split('\n');
  const isWhole = (line: string): boolean => {
    const marks = line.replace(/\\./gsu, '').replace(/\[[^\]]*\]/gu, '');
    return !/[[\]|]|\\$/u.test(marks.replace(/\(.*\)/gsu, '')) && count(marks, '(') === count(marks, ')');
  };
  return lines.every(isWhole) ? lines : [];
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function patternOf(
  program: RegexProgram,
  nodes: readonly LmsNode[],
  groupsBefore: number | undefined,
): LmsPattern {
  const { ops, constants } = program;
  const said = constants.join('').replace(/[^\p{L}\p{N}]/gu, '').length;
  const first = ops.find(({ kind }) => kind !== op.save)!;
  const last = ops.findLastIndex(({ kind }) => kind !== op.save && kind !== op.done);
  const weight = constants.reduce((sum, { length }) => sum + length, 0);
  const saysEnough = said >= telling_characters_min || (said > 1 && weight >= telling_weight_min);
  return {
    rank: 0,
    nodes,
    groupsBefore,
    program,
    weight,
    isCatchAll: said === 0,
    isTelling: saysEnough && program.isAnchored,
    beginsWithGap: first.isGap,
    lastGap: ops[last]?.isGap === true && ops[last - 1]?.kind === op.save ? ops[last - 1]!.slot : undefined,
  };
}
