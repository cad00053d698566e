/**
 * From HTTP (zstd) to a committed graph in one process, against an import of the same lines: recordings of real servers
 * and a made-up busy host. Events a second of wall time, and of the process's own processor time, since others may run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';
import { generateAudit } from './audit-generator.ts';
import type { BenchRow } from './bench-row.ts';
import { batchesOf, cpuOf, drained, send } from './http-load.ts';
import { scaledOutRows } from './scaled-out.ts';

const rounds = 2;
const generated_bytes = 24 << 20;
/** Hosts that each recording stands for, so that a process is warm for most of the way. */
const copies = 8;

interface Host {
  readonly name: string;
  readonly audit: Buffer;
}

interface Run {
  readonly wall_s: number;
  readonly cpu_s: number;
}

export async function ingestBench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-ingest-bench-'));
  try {
    const recorded = await rows(`recordings as ${3 * copies} hosts`, recordedHosts(), folder);
    const made = await rows('a generated host', [generatedHost()], folder);
    const eventsOf = (audit: Buffer): number => {
      const path = join(folder, 'stream');
      writeFileSync(path, audit);
      return importOnce([path]).events;
    };
    return [...recorded, ...made, ...(await scaledOutRows(eventsOf, recorded[0]!.value))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rows(name: string, hosts: readonly Host[], folder: string): Promise<BenchRow[]> {
  for (const host of hosts) writeFileSync(join(folder, host.name), host.audit);
  const files = hosts.map((host) => join(folder, host.name));
  const imports: Run[] = [];
  const ingests: Run[] = [];
  let events = 0;
  // In turns, so that what else the machine does falls on both.
  for (let round = 0; round < rounds; round++) {
    const imported = importOnce(files);
    events = imported.events;
    imports.push(imported);
    ingests.push(await ingestOnce(hosts, join(folder, `store${round}`)));
    rmSync(join(folder, `store${round}`), { recursive: true, force: true });
  }
  const rate = (runs: readonly Run[], by: keyof Run): number =>
    events / Math.min(...runs.map((run) => run[by]));
  const row = (what: string, by: keyof Run): BenchRow => ({
    name: `ingest, ${name}: ${what}`,
    value: rate(ingests, by),
    unit: 'events/s',
    baseline: `import (${Math.round(rate(imports, by)).toLocaleString('en')})`,
    ratio: rate(ingests, by) / rate(imports, by),
    note: `${events.toLocaleString('en')} events, best of ${rounds}`,
  });
  return [row('wall time', 'wall_s'), row('processor time', 'cpu_s')];
}

function recordedHosts(): Host[] {
  return ['E1', 'E2', 'E3'].flatMap((name) => {
    const path = new URL(`../corpus/lamp/recordings/${name}/audit.log.gz`, import.meta.url);
    const audit = gunzipSync(readFileSync(path));
    return Array.from({ length: copies }, (_, copy) => ({ name: `${name}-${copy}`, audit }));
  });
}

function generatedHost(): Host {
  const chunks = [...generateAudit({ seed: 1, bytes: generated_bytes })];
  return { name: 'generated', audit: Buffer.concat(chunks.map(({ bytes }) => bytes)) };
}

function importOnce(files: readonly string[]): Run & { events: number } {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'import', ...files], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Run & { events: number };
}

/** In a process of its own, as the server is. */
async function importAll(files: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-import-bench-'));
  const store = await openStore(join(folder, 'store'), { mode: 'write' });
  const cpu = process.cpuUsage();
  const began = performance.now();
  let events = 0;
  for (const path of files) {
    const host = path.split('/').at(-1)!;
    const audit = [{ name: host, path }];
    const nothing = { logs: [], identity: [], profiles: [], onProgress: () => {}, onDiagnostic: () => {} };
    events += (await importFiles({ store, host, audit, growing: true, ...nothing })).events;
  }
  const wall_s = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(JSON.stringify({ wall_s, cpu_s: (user + system) / 1e6, events }));
}

async function ingestOnce(hosts: readonly Host[], store: string): Promise<Run> {
  const prepared = hosts.map(({ name, audit }) => ({ name, batches: batchesOf(audit) }));
  const command = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url));
  const ports = ['--port', '0', '--ingest-port', '0'];
  const server = spawn(process.execPath, [command, 'serve', '--store', store, '--insecure', ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      const found = /batches on (http:\S+)/.exec(String(chunk));
      if (found !== null) resolve(found[1]!);
    });
    server.once('exit', () => reject(new Error('serve ended before it listened')));
  });
  try {
    const cpu = cpuOf(server.pid!);
    const began = performance.now();
    await Promise.all(prepared.map(({ name, batches }) => send(url, name, batches)));
    await drained(url);
    return { wall_s: (performance.now() - began) / 1_000, cpu_s: cpuOf(server.pid!) - cpu };
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
}

if (process.argv[2] === 'import') await importAll(process.argv.slice(3));
