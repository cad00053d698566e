/** Vertices and edges as every answer has them. */
import { z } from 'zod';
import { timePattern } from './time-text.ts';

/** That somebody asks for. */
export const Instant = z
  .string()
  .max(64)
  .regex(timePattern, 'must be an RFC 3339 time')
  .describe('RFC 3339, such as 2026-11-24T20:28:41.5Z');

export const TimeText = z.string().describe('RFC 3339, UTC, nanoseconds');

export const VertexAnswer = z.strictObject({
  id: z.string(),
  kind: z.enum(['process', 'unit', 'file', 'socket', 'pipe', 'template']),
  label: z.string(),
  host: z.string(),
  container: z.string().nullable(),
  time: TimeText,
});
export type VertexAnswer = z.infer<typeof VertexAnswer>;

export const EdgeAnswer = z.strictObject({
  from: z.string(),
  to: z.string(),
  op: z.string(),
  first: TimeText,
  last: TimeText,
  count: z.number().int(),
  bytes: z.number(),
});
export type EdgeAnswer = z.infer<typeof EdgeAnswer>;

export const GraphAnswer = z.strictObject({ vertices: z.array(VertexAnswer), edges: z.array(EdgeAnswer) });

export const TruncationAnswer = z
  .strictObject({
    depth: z.boolean().describe('there is more beyond the depth'),
    vertices: z.boolean().describe('the bound on vertices was reached'),
    hubs: z.array(z.string()).describe('vertices of which not all edges were read'),
    matches: z.boolean().describe('the symptom matched more than was looked at'),
    deadline: z.boolean().describe('the time allowed was over'),
    gaps: z.boolean().describe('there are more gaps than are listed'),
  })
  .nullable();

export const GapAnswer = z.strictObject({
  stream: z.string(),
  host: z.string(),
  from: TimeText,
  until: TimeText,
  missing: z.number().nullable(),
  reason: z.string(),
});

export type GapAnswer = z.infer<typeof GapAnswer>;
