/** A file that is written, read, and written anew, on this machine's own kernel: each reader has what was in it then. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-rewritten-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  if (skipped === '') buildCapture();
}, 300_000);

const script = `cd "$1"
cp first note
cat note > early
cat second > note
cat note > late
cat third >> note
cat note > latest`;

test.skipIf(skipped !== '')(
  `what was cut away is no cause of what was read after it${skipped}`,
  () => {
    for (const name of ['first', 'second', 'third']) writeFileSync(join(folder, name), `${name}\n`);
    const recording = recordRun(folder, 'rewritten', ['sh', '-c', script, 'sh', folder]);
    const sources = (file: string): string[] => {
      const labels = why(recording, join(folder, file)).graph.vertices.map(({ label }) => label);
      return ['first', 'second', 'third'].filter((name) => labels.includes(join(folder, name)));
    };
    expect(sources('early')).toEqual(['first']);
    expect(sources('late')).toEqual(['second']);
    expect(sources('latest')).toEqual(['second', 'third']);
    expect(sources('note')).toEqual(['second', 'third']);
  },
  120_000,
);
