/** A request that can't be done, with the answer that says why. */
import { type Problem, problem } from '../../contract/problem.ts';

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly problem: Problem;
  /** After which the same may be tried again; undefined: the answer's status says all. */
  readonly retry_s: number | undefined;
  constructor(
    status: number,
    detail: string,
    more: { problems?: Problem['problems']; retry_s?: number | undefined } = {},
  ) {
    super(detail);
    this.problem = problem(status, detail, more.problems);
    this.retry_s = more.retry_s;
  }
}
