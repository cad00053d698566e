/**
 * An LMS-CFG profile as a file: JSON, versioned, the same bytes for the same program.
 *
 * What follows what stands in `links`, one list for each source: the nodes by their ids, then the junctions. A list
 * holds its targets ascending, each as the difference from the one before. A profile by hand says `edges` instead,
 * pairs of node ids.
 */
import { z } from 'zod';

const nodes_max = 1_000_000;
const junctions_max = 4_000_000;
const edges_max = 4_000_000;

const Regex = z.string().refine((source) => isRegex(source), 'is no regular expression');
const Count = z.number().int().nonnegative();

const ProfileNode = z.strictObject({
  /** Its place in the list, from 0. */
  id: Count,
  /** Hex, of the call's return address in a binary; `line:column` in a source. */
  address: z.string().optional(),
  text: z.string(),
  regex: Regex,
  function: z.string().optional(),
  lmgf: z.string().optional(),
  loopStart: z.boolean().default(false),
  loopEnd: z.boolean().default(false),
  endSyscalls: z.array(z.string()).default([]),
});

export const LmsCfgProfile = z
  .strictObject({
    format: z.literal('disprotrack-lms-cfg'),
    version: z.literal(2, 'is not 2: make the profile anew with disprotrack analyse'),
    program: z.string().min(1),
    /** Lower-case hex of the GNU build id. */
    buildId: z.string().optional(),
    /** SHA-256 of what was analysed. */
    sourceHash: z.string().optional(),
    arch: z.string().optional(),
    bt: Count.optional(),
    /** Version of the analyser that made it. */
    analyser: z.string().optional(),
    /** SHA-256 of the user's own table of log functions; left out where there was none. */
    functionsHash: z.string().optional(),
    counts: z.strictObject({ functions: Count, blocks: Count, callSites: Count }).optional(),
    unresolved: z.strictObject({ jumps: Count, calls: Count }).optional(),
    /** A sentence: how far the profile can be trusted. */
    coverage: z.string().optional(),
    nodes: z.array(ProfileNode).max(nodes_max),
    junctions: Count.max(junctions_max).default(0),
    links: z
      .array(z.array(Count))
      .max(nodes_max + junctions_max)
      .optional(),
    edges: z
      .array(z.tuple([Count, Count]))
      .max(edges_max)
      .optional(),
  })
  .superRefine((profile, context) => {
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    profile.nodes.forEach((node, place) => {
      if (node.id !== place) wrong(['nodes', place, 'id'], `is not ${place}, its place in the list`);
    });
    if (profile.edges !== undefined && profile.links !== undefined)
      wrong(['edges'], 'stand beside links: give one of the two');
    const count = profile.nodes.length + profile.junctions;
    for (const [from, gaps] of (profile.links ?? []).entries()) {
      const last = gaps.reduce((sum, gap) => sum + gap, 0);
      if (from >= count || (gaps.length > 0 && last >= count))
        wrong(
          ['links', from],
          `lead outside of ${profile.nodes.length} nodes and ${profile.junctions} junctions`,
        );
    }
    for (const [place, edge] of (profile.edges ?? []).entries()) {
      for (const id of edge) if (id >= profile.nodes.length) wrong(['edges', place], `no node ${id}`);
    }
  });

export type LmsCfgProfile = z.output<typeof LmsCfgProfile>;

function isRegex(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
