/** An execution unit with its common log: the same object on the command line and over HTTP. */
import { z } from 'zod';
import { TimeText } from './graph.ts';

export const EntryAnswer = z.strictObject({
  kind: z.enum(['app', 'sys']).describe('a line that was printed, or a call'),
  time: TimeText.describe('of the first of its calls'),
  last: TimeText.describe('of the last; repeated calls on one object may be one entry'),
  count: z.number().int(),
  text: z.string().nullable().describe('the line; or the call in words. null: only its template is kept'),
  template: z
    .string()
    .nullable()
    .describe('format string of the line where a profile has it, or its template'),
  by: z
    .enum(['stamp', 'lms-cfg', 'text'])
    .nullable()
    .describe(
      'what says which statement printed the line: who called for its write, where in its LMS-CFG the process was, or the text alone; null where no profile says it',
    ),
  site: z.string().nullable().describe('return address of the call that printed it, where a stamp says so'),
  disagrees: z
    .boolean()
    .describe('the line is none that its call prints: the profile is wrong, or the line was made up'),
  syscall: z.string().nullable(),
  object: z.string().nullable().describe('what the call was on, or the process that it made'),
  objectId: z.string().nullable().describe('its vertex'),
  bytes: z.number(),
});
export type EntryAnswer = z.infer<typeof EntryAnswer>;

export const UnitAnswer = z.strictObject({
  id: z.string(),
  label: z.string(),
  process: z.string().nullable().describe('vertex of the process that it is of; null where it is none'),
  thread: z.number().int().nullable().describe('that it began in; null where the source tells none apart'),
  host: z.string(),
  container: z.string().nullable(),
  request: z.string().nullable().describe('method and path, where it answers one'),
  status: z.number().int().nullable().describe('of its answer'),
  start: TimeText,
  end: TimeText.describe('of its last entry'),
  confidence: z
    .number()
    .nullable()
    .describe('that it is one request or job, no more and no less: docs/UNITS.md'),
  reason: z
    .enum(['connection', 'request', 'job', 'lms-cfg'])
    .nullable()
    .describe('why it begins where it does'),
  entries: z.array(EntryAnswer),
  truncated: z.boolean().describe('it has more entries than are given'),
});
export type UnitAnswer = z.infer<typeof UnitAnswer>;
