/** `npm test`: the check, real processes end to end, and a minute of fuzzing. Closes with the sum of all tests. */

import { runStep } from './run/step.ts';
import { checkSteps, slowSteps } from './run/steps.ts';
import { summarise } from './run/summary.ts';

const results = [];
for (const step of [...checkSteps, ...slowSteps]) results.push(await runStep(step));
const { passed, text } = summarise(results, process.env.CI !== undefined);
process.stdout.write(text);
process.exitCode = passed ? 0 : 1;
