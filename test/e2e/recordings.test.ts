/** The committed recordings, from files to the root cause that the scenario itself wrote down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { answerRecording, clientOf, recordedSources } from '../fixture/recording.ts';

const recordings = fileURLToPath(new URL('../corpus/lamp/recordings/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-recordings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases = ['E1', 'E2', 'E3'].flatMap((scenario) =>
  recordedSources.map((source) => ({ scenario, source })),
);

test.each(cases)(
  '$scenario from $source: the true root cause is the first',
  async ({ scenario, source }) => {
    const from = join(recordings, scenario);
    const store = join(folder, `${scenario}-${source}`);
    const { truth, diagnostics, answer } = await answerRecording(from, source, store);
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(answer.truncated).toBeNull();
    expect(answer.gaps).toEqual([]);
    const [first] = answer.rootCauses;
    expect(first?.vertex.kind).toBe('socket');
    expect(clientOf(first?.vertex.label)).toBe(`${truth.rootCause.address}:${truth.rootCause.port}`);
  },
  60_000,
);
