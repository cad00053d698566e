/** `npm run check`: the fast inner loop. Every step runs, so that one look shows all that is wrong. */

import { runStep } from './run/step.ts';
import { checkSteps } from './run/steps.ts';
import { summarise } from './run/summary.ts';

const results = [];
for (const step of checkSteps) results.push(await runStep(step));
const { passed, text } = summarise(results, process.env.CI !== undefined);
process.stdout.write(text);
process.exitCode = passed ? 0 : 1;
