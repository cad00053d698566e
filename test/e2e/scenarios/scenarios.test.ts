/** Two scenarios amid little other work; `npm run scenarios` plays all of them amid a hundred times theirs. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCapture, skipped } from '../capture/capture-build.ts';
import { brokenPromises } from './gates.ts';
import { installFor } from './install.ts';
import { runScenario } from './run-scenario.ts';
import { scenarioNamed } from './scenarios.ts';

const chosen = ['data-theft', 'python-injection'].map(scenarioNamed);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-scenarios-')));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(skipped !== '')(`attacks on real servers${skipped}`, () => {
  beforeAll(async () => {
    buildCapture();
    await installFor(chosen);
  }, 600_000);

  test.each(chosen)('$name: $title', { timeout: 240_000 }, async (scenario) => {
    const outcome = await runScenario(scenario, folder, { visits: 100 });
    expect(brokenPromises(outcome, 0)).toEqual([]);
    const { rank, missed, strangers } = outcome.withUnits;
    expect({ rank, missed, strangers }).toEqual({ rank: 1, missed: [], strangers: [] });
    // Without units nobody is told from anybody who was served by the same process.
    expect(outcome.withoutUnits.rank ?? Number.POSITIVE_INFINITY).toBeGreaterThan(1);
  });
});
