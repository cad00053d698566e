/** What errors of the store and of symptoms mean to who asked. */
import { type Problem, problem } from '../contract/problem.ts';
import { StoreError } from '../core/graph-store.ts';
import { SymptomError } from '../core/trace/symptom/symptom.ts';

export function errorMeaning(error: unknown): Problem | undefined {
  if (error instanceof SymptomError)
    return problem(422, 'the symptom can mean nothing', [{ path: '/symptom', message: error.message }]);
  if (error instanceof StoreError)
    return problem(503, error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
  return undefined;
}
