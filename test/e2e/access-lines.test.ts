/**
 * Every line of the recordings' access logs leads to its own client: from stamped capture, though shells in the container
 * print some of the lines again, and from the audit log and one access log alone, where no agent told containers apart.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { answerWhy } from '../../services/query/why.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';

const recordings = fileURLToPath(new URL('../corpus/lamp/recordings/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-access-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const access = 'apache-access.log.gz';
const cases = ['E1', 'E2', 'E3'].flatMap((scenario) => [
  { scenario, source: 'stamped', audit: [], logs: [], recordings: ['recording.dpt.zst'] },
  { scenario, source: 'audit', audit: ['audit.log.gz'], logs: [access], recordings: [] },
]);

test.each(cases)(
  '$scenario from $source: the line of a request that no other is like is blamed on its own client',
  async ({ scenario, source, ...names }) => {
    const input = (name: string) => ({ name, path: join(recordings, scenario, name) });
    const store = await openStore(join(folder, `${scenario}-${source}`), { mode: 'write' });
    await importFiles({
      store,
      host: 'lamp',
      audit: names.audit.map(input),
      logs: names.logs.map(input),
      recordings: names.recordings.map(input),
      identity: [],
      profiles: [],
      onProgress: () => {},
      onDiagnostic: () => {},
    });
    const lines = gunzipSync(readFileSync(input(access).path))
      .toString()
      .trimEnd()
      .split('\n');
    const single = lines.filter((line) => lines.filter((other) => other === line).length === 1);
    const wrong: string[] = [];
    for (const line of single) {
      const { rootCauses } = await answerWhy(store, { symptom: line, top: 1 });
      const label = rootCauses[0]?.vertex.label ?? '';
      if (!label.startsWith(`${line.split(' ')[0]}:`)) wrong.push(`${line} → ${label}`);
    }
    await store.close();
    expect(wrong).toEqual([]);
    expect(single.length).toBeGreaterThan(20);
  },
  120_000,
);
