/** The real logs published with the paper, from file to root cause. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../services/core/diagnostic.ts';
import { answerWhy } from '../../services/query/why.ts';
import { openStore } from '../../services/store/open-store.ts';
import { type ImportSummary, importFiles } from '../../services/worker/import-files.ts';

const samples = fileURLToPath(new URL('../../../shared/data/paper-samples/', import.meta.url));
const absent = existsSync(samples) ? undefined : `the samples are not at ${samples}`;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(absent !== undefined)(
  `paper samples${absent === undefined ? '' : ` (skipped: ${absent})`}`,
  () => {
    test.each([
      { set: 's1', records: 830, syscalls: 275, events: 277, lines: 50 },
      { set: 's2', records: 11_296, syscalls: 4_080, events: 4_086, lines: 55 },
    ])('$set is imported whole, without an error', async ({ set, records, events, lines }) => {
      const { summary, diagnostics } = await importSet(set, join(folder, set));
      expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
      expect({ records: summary.records, events: summary.events, lines: summary.entries }).toEqual({
        records,
        events,
        lines,
      });
    });

    test('why on an access line of s2 names a client of 127.0.0.1 first', async () => {
      const dir = join(folder, 'why');
      await importSet('s2', dir);
      const store = await openStore(dir, { mode: 'read' });
      const symptom =
        '127.0.0.1 - - [18/Dec/2021:11:40:49 +0530] "GET /todo/hashgen.php?get_hash=Rishabh HTTP/1.1" 200 589 "http://localhost/todo/hashgen.php" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:95.0) Gecko/20100101 Firefox/95.0"';
      const answer = await answerWhy(store, { symptom });
      await store.close();
      const [first] = answer.rootCauses;
      expect(first?.vertex.kind).toBe('socket');
      expect(first?.vertex.label).toMatch(/^127\.0\.0\.1:48252/);
      expect(first?.path.length).toBeGreaterThan(0);
    });
  },
);

async function importSet(
  set: string,
  dir: string,
): Promise<{ summary: ImportSummary; diagnostics: Diagnostic[] }> {
  const store = await openStore(dir, { mode: 'write' });
  const diagnostics: Diagnostic[] = [];
  const input = (name: string): { name: string; path: string } => ({ name, path: join(samples, set, name) });
  const summary = await importFiles({
    store,
    host: 'sample',
    audit: [input('audit.log')],
    logs: [input('access.log'), input('error.log')],
    identity: [],
    profiles: [],
    onProgress: () => {},
    onDiagnostic: (d) => diagnostics.push(d),
  });
  await store.close();
  return { summary, diagnostics };
}
