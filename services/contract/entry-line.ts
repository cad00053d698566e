/** An application's log line that somebody has taken apart already, as one JSON object a line. */
import { z } from 'zod';
import { parseTime } from './time-text.ts';

/** Characters; a longer one is cut where it comes in. */
export const text_length_max = 1 << 20;

const Time = z.string().refine((text) => parseTime(text) !== undefined, 'must be an RFC 3339 time');

export const EntryLine = z.strictObject({
  /** What the application wrote, whole, without its line end. */
  text: z.string().max(text_length_max),
  /** The text alone, without time, level and pid: what templates are made of; all of it by default. */
  message: z.string().max(text_length_max).optional(),
  /** When it was written; without it only a collector's time is known. */
  time: Time.optional(),
  /** When a collector saw it. */
  observed: Time.optional(),
  level: z.string().max(64).optional(),
  /** The file, stream or service that it is of. */
  source: z.string().min(1).max(512),
  container: z.string().min(1).max(512).optional(),
  /** As the process itself sees it: in its own namespace. */
  pid: z.number().int().positive().optional(),
  request: z
    .strictObject({
      client: z.string(),
      method: z.string(),
      path: z.string(),
      status: z.number().int(),
    })
    .optional(),
});
export type EntryLine = z.input<typeof EntryLine>;
