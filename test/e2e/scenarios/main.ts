/**
 * `npm run scenarios [-- NAME …]`: plays attacks and faults amid a hundred times their volume of other work, asks for
 * their causes, writes docs/SCENARIOS.md (of all), and fails where a promise is broken.
 */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCapture } from '../capture/capture-build.ts';
import { brokenPromises, brokenSums } from './gates.ts';
import { installFor } from './install.ts';
import { writePage } from './page.ts';
import { endPlaying, type Outcome, runScenario } from './run-scenario.ts';
import { scenarioNamed, scenarios } from './scenarios.ts';

const times = 100;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-scenarios-')));
chmodSync(folder, 0o755);

async function main(): Promise<number> {
  const names = process.argv.slice(2);
  const chosen = names.length === 0 ? scenarios : names.map(scenarioNamed);
  buildCapture();
  await installFor(chosen);
  const outcomes: Outcome[] = [];
  const broken: string[] = [];
  for (const scenario of chosen) {
    const outcome = await runScenario(scenario, folder, { times });
    rmSync(join(folder, scenario.name), { recursive: true, force: true });
    const { scenario: _, truth: __, ...figures } = outcome;
    process.stdout.write(`▸ ${scenario.name} ${JSON.stringify(figures)}\n`);
    outcomes.push(outcome);
    broken.push(...brokenPromises(outcome, times));
  }
  // A page of some would say something else than its title.
  if (names.length === 0) {
    broken.push(...brokenSums(outcomes));
    writePage(outcomes, times);
  }
  for (const sentence of broken) process.stdout.write(`✗ ${sentence}\n`);
  return broken.length === 0 ? 0 : 1;
}

process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void endPlaying().finally(() => process.exit(1)));
}
process.exitCode = await main();
