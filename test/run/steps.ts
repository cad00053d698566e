/** The steps that both entry points share. */
import type { Step } from './step.ts';

const vitest = 'node_modules/vitest/vitest.mjs';

export const checkSteps: readonly Step[] = [
  { name: 'format and lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '-b'] },
  { name: 'dead code', command: ['node_modules/knip/bin/knip.js'] },
  {
    name: 'unit, property, golden and tidy tests',
    command: [vitest, 'run', '--project', 'unit'],
    counts: true,
  },
];

export const slowSteps: readonly Step[] = [
  { name: 'end-to-end tests', command: [vitest, 'run', '--project', 'e2e'], counts: true },
  { name: 'a minute of fuzzing', command: ['test/fuzz/main.ts', '--seconds', '60'] },
];
