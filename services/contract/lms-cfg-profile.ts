/** An LMS-CFG profile as a file: JSON, versioned. */
import { z } from 'zod';
import type { LmsCfg } from '../core/lms/lms-cfg.ts';

const Regex = z.string().refine((source) => isRegex(source), 'is no regular expression');

export const LmsCfgProfile = z
  .strictObject({
    format: z.literal('disprotrack-lms-cfg'),
    version: z.literal(1),
    program: z.string().min(1),
    buildId: z.string().optional(),
    nodes: z
      .array(
        z.strictObject({
          id: z.number().int().nonnegative(),
          text: z.string(),
          regex: Regex,
          function: z.string().optional(),
          loopStart: z.boolean().default(false),
          loopEnd: z.boolean().default(false),
          endSyscalls: z.array(z.string()).default([]),
        }),
      )
      .max(1_000_000),
    edges: z.array(z.tuple([z.number().int(), z.number().int()])).max(4_000_000),
  })
  .superRefine((profile, context) => {
    const ids = new Set(profile.nodes.map((n) => n.id));
    profile.edges.forEach(([from, to], i) => {
      for (const id of [from, to]) {
        if (!ids.has(id)) context.addIssue({ code: 'custom', path: ['edges', i], message: `no node ${id}` });
      }
    });
  });

export function toLmsCfg(profile: z.output<typeof LmsCfgProfile>): LmsCfg {
  const edges = new Map<number, number[]>();
  for (const [from, to] of profile.edges) {
    const list = edges.get(from);
    if (list === undefined) edges.set(from, [to]);
    else list.push(to);
  }
  const nodes = profile.nodes.map((n) => ({ ...n, function: n.function }));
  return { program: profile.program, buildId: profile.buildId, nodes, edges };
}

function isRegex(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
