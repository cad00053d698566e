/** What sensors say comes in as files and as batches: the graph is the same, however the lines are cut. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../test/fixture/run-command.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { GraphReader } from '../core/graph-store.ts';
import { sensorNames } from '../core/sensor/sensor-name.ts';
import { openStore } from '../store/open-store.ts';
import { BatchFold } from './batch-fold.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-sensors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../test/golden/sensor/${name}`, import.meta.url));

async function graph(reader: GraphReader): Promise<string[]> {
  const lines: string[] = [];
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  for await (const vertex of reader.allVertices()) lines.push(JSON.stringify(vertex, plain));
  for await (const edge of reader.allEdges()) lines.push(JSON.stringify(edge, plain));
  return lines;
}

/** As batches of `size` lines, each folded by a worker that knows the store alone. */
async function batched(name: string, size: number): Promise<{ lines: string[]; diagnostics: Diagnostic[] }> {
  const store = await openStore(join(folder, `${name}-${size}`), { mode: 'write' });
  const diagnostics: Diagnostic[] = [];
  const lines = readFileSync(golden(`${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n');
  for (let first = 0; first < lines.length; first += size) {
    const some = lines.slice(first, first + size);
    const fold = new BatchFold({
      store,
      profileOf: () => undefined,
      onDiagnostic: (d) => diagnostics.push(d),
      onFolded: () => {},
      onBuried: () => {},
      onFailure: () => {},
    });
    await fold.fold([
      {
        id: String(first),
        stream: { host: 'node1', boot: 'b', source: name },
        first: BigInt(first),
        last: BigInt(first + some.length - 1),
        contentType: `text/vnd.disprotrack.${name}`,
        encoding: 'identity',
        bytes: Buffer.from(`${some.join('\n')}\n`),
        acceptedAt: Date.UTC(2026, 10, 27),
        isReplay: false,
      },
    ]);
  }
  const all = await graph(store);
  await store.close();
  return { lines: all, diagnostics };
}

test.each(sensorNames)('%s: import and batches of any size give one graph', async (name) => {
  const dir = join(folder, `import-${name}`);
  const argv = ['import', '--store', dir, '--host', 'node1', '--sensor', golden(`${name}.txt`)];
  const { code, out } = await runCommand(argv);
  expect([code, out]).toEqual([0, expect.stringMatching(/^read +[1-9]\d* records in [1-9]/)]);
  const reader = await openStore(dir, { mode: 'read' });
  const imported = await graph(reader);
  await reader.close();
  expect(imported.length).toBeGreaterThan(8);
  for (const size of [1, 3, 1_000]) {
    const { lines, diagnostics } = await batched(name, size);
    expect(lines).toEqual(imported);
    // The place of what is wrong is that in the stream.
    if (name === 'tetragon')
      expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ line }) => line)).toEqual([
        13, 14, 15,
      ]);
  }
  await runCommand(argv);
  const repeated = await openStore(dir, { mode: 'read' });
  expect(await graph(repeated)).toEqual(imported);
  await repeated.close();
});

test('a sensor may be named, and then no other is tried; what is none is refused', async () => {
  const dir = join(folder, 'named');
  const run = (...sensor: string[]) => runCommand(['import', '--store', dir, '--sensor', ...sensor]);
  const wrong = await run(`falco:${golden('tetragon.txt')}`);
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('no line of falco')]);
  expect((await run(golden('laurel.audit.log'))).code).toBe(3);
  expect((await run(join(folder, 'missing'))).code).toBe(3);
  const both = await run(`tetragon:${golden('tetragon.txt')}`, golden('falco.txt'));
  expect(both.code).toBe(0);
});
