/** The committed recordings, from files to the root cause that the scenario itself wrote down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { answerRecording, clientOf } from '../fixture/recording.ts';

const recordings = fileURLToPath(new URL('../corpus/lamp/recordings/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-recordings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['E1', 'E2', 'E3'])(
  '%s: the true root cause is the first',
  async (scenario) => {
    const from = join(recordings, scenario);
    const { truth, diagnostics, answer } = await answerRecording(from, join(folder, scenario));
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(answer.truncated).toBeNull();
    const [first] = answer.rootCauses;
    expect(first?.vertex.kind).toBe('socket');
    expect(clientOf(first?.vertex.label)).toBe(`${truth.rootCause.address}:${truth.rootCause.port}`);
  },
  60_000,
);
