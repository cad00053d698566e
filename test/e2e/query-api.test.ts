/**
 * The query service against its own OpenAPI document: the document is valid, requests made from it by the thousand find
 * nothing (schemathesis), and what other tools are to read is read by them. `npm run api` is the long form.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashToken, makeToken } from '../../services/runtime/tokens.ts';
import { openStore } from '../../services/store/open-store.ts';
import { EventScript, open, peer, writeOnly } from '../fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../fixture/folded-graph.ts';
import { installPackages } from './analyser/tool/install.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const tools = join(root, '.cache/api-tools');
const packages = ['schemathesis==4.32.5', 'openapi-spec-validator==0.9.0', 'prov==3.2.3'];
const isLong = process.env.DISPROTRACK_FULL === '1';
/** Of each operation, by chance; what its bounds and types say is tried besides. */
const examples = isLong ? 200 : 4;
/** Ids have slashes, and a value of the configuration is taken as it stands. */
const configs = [
  ['a vertex that is there', '[parameters]\n"path.id" = "UNIT"\n'],
  ['any vertex', ''],
] as const;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-api-'));

const token = makeToken();
const headers = { authorization: `Bearer ${token}` };
/** Below what the service lets one token ask. */
const requests_s = 45;

let server: ChildProcess | undefined;
let url = '';
let unit = '';

beforeAll(async () => {
  await installTools();
  unit = await fillStore(join(folder, 'store'));
  const path = join(root, 'services/query/server.ts');
  const tokens = join(folder, 'tokens.json');
  const entry = { name: 'tests', scope: 'query', sha256: hashToken(token), hosts: [] };
  writeFileSync(tokens, JSON.stringify({ tokens: [entry] }));
  const options = ['--store', join(folder, 'store'), '--tokens', tokens, '--port', '0'];
  server = spawn(process.execPath, [path, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  url = await new Promise<string>((resolve, reject) => {
    let said = '';
    server!.stderr!.on('data', (chunk) => {
      said += chunk;
      const found = /http:\/\/[\d.:]+/.exec(said);
      if (found !== null) resolve(found[0]);
    });
    server!.on('exit', () => reject(new Error(`the service ended: ${said}`)));
  });
}, 300_000);
afterAll(() => {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('the document is valid OpenAPI 3.1', async () => {
  const { stdout } = await run(join(tools, 'bin/openapi-spec-validator'), [join(root, 'openapi/query.json')]);
  expect(stdout).toContain('OK');
}, 60_000);

test.each(isLong ? configs : configs.slice(0, 1))(
  'requests made from the document find nothing: %s',
  async (_name, config) => {
    const file = join(folder, 'schemathesis.toml');
    writeFileSync(file, config.replace('UNIT', encodeURIComponent(unit)));
    const options = ['--checks', 'all', '--max-examples', String(examples), '--no-color', '--seed', '1'];
    const phases = ['--phases', 'examples,coverage,fuzzing', '--request-timeout', '30'];
    // How fast the machine is makes no difference.
    phases.push('--suppress-health-check', 'all');
    phases.push('--header', `Authorization: ${headers.authorization}`, '--rate-limit', `${requests_s}/s`);
    const words = ['--config-file', file, 'run', `${url}/openapi.json`, ...options, ...phases];
    const ended = await run(join(tools, 'bin/schemathesis'), words, { cwd: folder, maxBuffer: 1 << 26 }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect(ended.code, ended.stdout).toBe(0);
    expect(ended.stdout).toMatch(/Tested: 1[1-9]/);
  },
  1_800_000,
);

test('PROV-JSON is read by the PROV library, with every vertex and edge in it', async () => {
  const text = await (await fetch(`${url}/v1/export?format=prov-json`, { headers })).text();
  const file = join(folder, 'prov.json');
  writeFileSync(file, text);
  const program = `import prov.model, sys
document = prov.model.ProvDocument.deserialize(sys.argv[1], format='json')
print(len(document.get_records()))`;
  const { stdout } = await run(join(tools, 'bin/python'), ['-c', program, file]);
  const graph = await (await fetch(`${url}/v1/export`, { headers })).json();
  const { vertices, edges } = graph as { vertices: unknown[]; edges: unknown[] };
  expect(Number(stdout)).toBe(vertices.length + edges.length);
}, 60_000);

async function installTools(): Promise<void> {
  if (existsSync(join(tools, 'bin/schemathesis'))) return;
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  await run('python3', ['-m', 'venv', tools]).catch(async () => {
    await installPackages(['python3-venv']);
    await run('python3', ['-m', 'venv', tools]);
  });
  await run(join(tools, 'bin/pip'), ['-q', 'install', ...packages]);
}

/** Gives the id of a unit. */
async function fillStore(dir: string): Promise<string> {
  const script = new EventScript()
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) })
    .call(20, 'openat', open('/srv/page "quoted" <&>', 5))
    .call(20, 'read', { args: [5], exit: 9 })
    .call(20, 'openat', open('/out', 6, writeOnly))
    .call(20, 'write', { args: [6], exit: 9 })
    .call(20, 'close', { args: [4] });
  const graph = foldInto(new FoldedGraph(), script.inputs);
  const store = await openStore(dir, { mode: 'write' });
  const vertices = [...graph.vertices.values()];
  const gap = { stream: 's', host: 'h1', from: 1n, until: 2n, missing: 1, reason: 'lost' };
  await store.apply({
    vertices,
    edges: [...graph.edges.values()],
    uses: [],
    lines: [],
    gaps: [gap],
    state: new Map(),
    positions: new Map(),
  });
  await store.close();
  return vertices.find(({ kind }) => kind === 'unit')!.id;
}
