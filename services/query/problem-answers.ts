/** What every route may answer in place of its answer, for its schema. Which error becomes which: error-meaning.ts. */
import { problemAnswersOf } from '../contract/problem.ts';

export const problemAnswers = problemAnswersOf({
  400: 'the request is malformed',
  401: 'no token, or none that is known',
  403: 'the token is not for questions, or not for this tenant',
  404: 'there is no such thing',
  413: 'the body is too large',
  414: 'a part of the path is too long',
  415: 'the body is no JSON',
  422: 'the request does not fit its schema',
  429: 'too much at once: try again after Retry-After',
  431: 'the address is too long',
  500: 'an error that the service did not expect',
  503: 'the store can not be used',
});
