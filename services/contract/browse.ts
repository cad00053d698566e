/** Answers to looking around in the graph, without a trace: a vertex, its neighbours, a search, services. */
import { z } from 'zod';
import { EdgeAnswer, Instant, TimeText, VertexAnswer } from './graph.ts';
import { page } from './question.ts';
import { QuerySymptom } from './why.ts';

/** The next page begins at a time (ns), behind so many of the same time; or behind so many in all. */
export const cursorPattern = /^(?:(\d{1,19})~)?(\d{1,7})$/;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(page.min).max(page.max).default(page.default).describe('of one page'),
  cursor: z
    .string()
    .regex(cursorPattern)
    .optional()
    .describe('where the page before ended (its `next`); a cursor is of one question'),
});

const Next = z.string().nullable().describe('cursor of the next page; null on the last one');

export const VertexDetail = z.strictObject({
  vertex: VertexAnswer,
  terms: z.array(z.string()).describe('what a symptom may name it by'),
  properties: z.record(z.string(), z.union([z.string(), z.number()])),
  into: z.number().int().describe('edges, counted up to 4,096'),
  outOf: z.number().int().describe('likewise'),
});
export type VertexDetail = z.infer<typeof VertexDetail>;

export const NeighboursQuery = PageQuery.extend({
  direction: z
    .enum(['into', 'outOf'])
    .describe('edges into it, the newest first; or out of it, the oldest first'),
});

export const Neighbours = z.strictObject({
  edges: z.array(EdgeAnswer),
  vertices: z.array(VertexAnswer).describe('at their other ends'),
  next: Next,
});
export type Neighbours = z.infer<typeof Neighbours>;

export const SearchQuery = PageQuery.extend({ q: QuerySymptom, before: Instant.optional() });

export const SearchAnswer = z.strictObject({
  vertices: z.array(VertexAnswer),
  how: z.string().describe('what the text was taken for'),
  also: z.array(z.string()).describe('what else it could be'),
  next: Next,
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

export const TimelineQuery = PageQuery.extend({
  q: QuerySymptom,
  after: Instant.optional().describe('only what went on then or later'),
  before: Instant.optional().describe('only what began by then'),
});

export const TimelineAnswer = z.strictObject({
  entries: z.array(EdgeAnswer).describe('into and out of what was asked for, in order of time'),
  vertices: z.array(VertexAnswer),
  how: z.string(),
  truncated: z.boolean().describe('there is more than a timeline holds; after and before narrow it'),
  next: Next,
});
export type TimelineAnswer = z.infer<typeof TimelineAnswer>;

export const ServicesQuery = z.object({
  connections: z.coerce
    .number()
    .int()
    .min(1)
    .max(20_000)
    .default(5_000)
    .describe('the newest that are looked at'),
});

const ServicePeer = z.strictObject({
  name: z.string().describe('container, or host and program; an address for who was not recorded'),
  host: z.string().nullable(),
  isRecorded: z.boolean(),
});

export const ServicesAnswer = z.strictObject({
  services: z.array(ServicePeer),
  calls: z
    .array(
      z.strictObject({
        client: z.string(),
        server: z.string(),
        port: z.number().int().nullable(),
        connections: z.number().int(),
        bytesSent: z.number().describe('by the client, as far as it was recorded'),
        bytesReceived: z.number(),
        first: TimeText,
        last: TimeText,
      }),
    )
    .describe('who connected to whom, the busiest first'),
  truncated: z.boolean().describe('there are more connections than were looked at'),
});
export type ServicesAnswer = z.infer<typeof ServicesAnswer>;
