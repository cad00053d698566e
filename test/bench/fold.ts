/**
 * How fast events become a graph on one core: what was read is there as items, and is folded with units, descriptors
 * and reduction, delta after delta, without a store. The recordings' events, by audit and by the kernel; and those by
 * the kernel with the profiles of their servers, which say what a line is and where a unit ends.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { containerSample } from '../../services/contract/container-record.ts';
import { AuditReader } from '../../services/core/event/audit-reader.ts';
import { templateOf } from '../../services/core/lms/template.ts';
import { RecordReader } from '../../services/core/record/record-reader.ts';
import { Fold, type FoldItem } from '../../services/core/upg/fold.ts';
import type { ProfileOf } from '../../services/core/upg/running-programs.ts';
import { ProfileRegistry, readProfile } from '../../services/worker/profile-registry.ts';
import { debianPackage } from '../e2e/analyser/debian/package-store.ts';
import { analyse } from '../e2e/analyser/tool/analyse.ts';
import type { BenchRow } from './bench-row.ts';

const recordings = new URL('../corpus/lamp/recordings/', import.meta.url);
const names = ['E1', 'E2', 'E3'];
const rounds = 9;
const commit_items = 16_384;

/** By package; as the recorded ones, but for their build. */
const servers = [
  'apache2-bin:usr/sbin/apache2',
  'php8.2-fpm:usr/sbin/php-fpm8.2',
  'mariadb-server-core:usr/sbin/mariadbd',
];

export async function foldBench(): Promise<BenchRow[]> {
  const byKernel = names.map((name) => recorded(name));
  return [
    row(
      'of audit',
      names.map((name) => audit(name)),
    ),
    row('of eBPF', byKernel),
    row('of eBPF, with profiles', byKernel, await profiles()),
  ];
}

/** Throws what the analysis does. */
async function profiles(): Promise<ProfileOf> {
  const folder = mkdtempSync(join(tmpdir(), 'fold-bench-'));
  try {
    const filed = [];
    for (const server of servers) {
      const [name, file] = server.split(':') as [string, string];
      const path = join(folder, `${name}.json`);
      await analyse(join(await debianPackage(name), file), { profile: path });
      filed.push({ path, cfg: { ...(await readProfile(path)), buildId: undefined } });
    }
    const registry = new ProfileRegistry(filed, [], () => {});
    return (program) => registry.ofProgram(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function audit(name: string): FoldItem[] {
  const items: FoldItem[] = [];
  const emit = (item: FoldItem): void => void items.push(item);
  const reader = new AuditReader({ host: name, file: name, emit, diagnose: () => {} });
  reader.write(gunzipSync(readFileSync(new URL(`${name}/audit.log.gz`, recordings))));
  reader.end();
  return items;
}

function recorded(name: string): FoldItem[] {
  const items: FoldItem[] = [];
  const emit = (item: FoldItem): void => void items.push(item);
  const given = { host: name, bootId: '', file: name, state: new Map<string, string>() };
  const reader = new RecordReader({ ...given, sampleOf: containerSample, emit, diagnose: () => {} });
  reader.write(zstdDecompressSync(readFileSync(new URL(`${name}/recording.dpt.zst`, recordings))));
  reader.end();
  return items;
}

const noProfile: ProfileOf = () => undefined;

function row(what: string, logs: readonly (readonly FoldItem[])[], profileOf = noProfile): BenchRow {
  const events = logs.flat().filter(({ kind }) => kind === 'system').length;
  let units = 0;
  const seconds = Math.min(
    ...Array.from({ length: rounds }, () => {
      const before = process.cpuUsage();
      units = logs.reduce((sum, items) => sum + foldAll(items, profileOf), 0);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    }),
  );
  const note = `${events.toLocaleString('en')} events, ${units} units, CPU time, best of ${rounds}`;
  return { name: `fold of events ${what}`, value: events / seconds, unit: 'events/s', note };
}

function foldAll(items: readonly FoldItem[], profileOf: ProfileOf): number {
  const none = { state: new Map<string, string>(), positions: new Map<string, bigint>() };
  const fold = new Fold({ ...none, templateOf, profileOf });
  for (const [i, item] of items.entries()) {
    fold.addItem('s', item);
    if (i % commit_items === commit_items - 1) fold.take();
  }
  fold.finish();
  fold.take();
  return fold.units;
}
