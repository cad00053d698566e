/** What can be had of the recordings where no agent told containers apart: the audit log and one access log alone. */
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
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-without-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['E1', 'E2', 'E3'])(
  '%s: the line of a request that no other is like is blamed on its own client',
  async (scenario) => {
    const input = (name: string) => ({ name, path: join(recordings, scenario, name) });
    const store = await openStore(join(folder, scenario), { mode: 'write' });
    await importFiles({
      store,
      host: 'lamp',
      audit: [input('audit.log.gz')],
      logs: [input('apache-access.log.gz')],
      identity: [],
      profiles: [],
      onProgress: () => {},
      onDiagnostic: () => {},
    });
    const lines = gunzipSync(readFileSync(input('apache-access.log.gz').path))
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
