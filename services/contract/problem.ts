/** Errors over HTTP: problem+json (RFC 9457) with the place of each fault. */
import { z } from 'zod';

export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

const titles = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [413, 'Payload Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [422, 'Unprocessable Content'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [503, 'Service Unavailable'],
  [507, 'Insufficient Storage'],
]);

export function problem(status: number, detail: string, problems?: Problem['problems']): Problem {
  const title = titles.get(status) ?? 'Error';
  return { type: 'about:blank', title, status, detail, ...(problems === undefined ? {} : { problems }) };
}

/** How a route's schema says that it may answer with a problem. */
export function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } };
}

/** Of a service, by what each status means there: what a route may answer in place of its answer, for its schema. */
export function problemAnswersOf<D extends Readonly<Record<number, string>>>(descriptions: D) {
  return <S extends keyof D & number>(...statuses: S[]) =>
    Object.fromEntries(statuses.map((status) => [status, problemAnswer(descriptions[status]!)])) as {
      [K in S]: ReturnType<typeof problemAnswer>;
    };
}
