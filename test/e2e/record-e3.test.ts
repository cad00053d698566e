/** The data theft recorded afresh on this machine's kernel: the same root cause comes out, of stamped capture and of audit. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerRecording, clientOf, recordedSources } from '../fixture/recording.ts';

const recorder = fileURLToPath(new URL('../corpus/lamp/record.sh', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-record-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// Containers and kernel audit need root. A CI without it is to fail, not to pass by doing less.
const skipped = process.getuid?.() === 0 || process.env.CI !== undefined ? '' : ' (skipped: needs root)';

const recording = join(folder, 'E3');

beforeAll(() => {
  if (skipped !== '') return;
  const recorded = spawnSync('bash', [recorder, 'E3', recording], { encoding: 'utf8' });
  expect(recorded.status, recorded.stderr).toBe(0);
}, 600_000);

test.skipIf(skipped !== '').each(recordedSources)(
  `E3 recorded now has the same root cause: %s${skipped}`,
  async (source) => {
    const { truth, answer } = await answerRecording(recording, source, join(folder, source));
    const [first] = answer.rootCauses;
    expect(clientOf(first?.vertex.label)).toBe(`${truth.rootCause.address}:${truth.rootCause.port}`);
    const labels = new Map(answer.graph.vertices.map((v) => [v.id, v.label]));
    const path = first!.path.map((step) => labels.get(step.to) ?? '');
    expect(path.at(-1)).toContain(truth.symptom);
    expect(path.some((label) => label.includes('mal.sh'))).toBe(true);
  },
  60_000,
);
