/** What every route may answer in place of its answer, for its schema. Which error becomes which: error-meaning.ts. */
import { problemAnswersOf } from '../contract/problem.ts';

export const problemAnswers = problemAnswersOf({
  400: 'the request is malformed, or its body is not what its encoding says',
  401: 'no token, or none that is known',
  403: 'the token is not for this, or not for this host',
  404: 'there is no such thing',
  409: 'its stream went on without these records, and can not go back',
  413: 'the body is too large',
  415: 'the body is of no media type or encoding that is taken',
  422: 'the request does not fit its schema; `problems` has the place of each fault',
  429: 'too much at once: try again after Retry-After',
  500: 'an error that the service did not expect',
  503: 'the queue can not be used now: try again after Retry-After',
  507: 'there are too many profiles already',
});
