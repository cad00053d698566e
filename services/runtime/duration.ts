/** Lengths of time as operators write them: `30d`, `12h`, `90m`, `45s`. */
import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';

/** ms. */
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue('must be a length of time such as 30d or 12h');
  return z.NEVER;
});
