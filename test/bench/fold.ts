/**
 * How fast events become a graph on one core: what was read is there as items, and is folded with units, descriptors
 * and reduction, delta after delta, without a store. The recordings' events, by audit and by the kernel.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { containerSample } from '../../services/contract/container-record.ts';
import { AuditReader } from '../../services/core/event/audit-reader.ts';
import { templateOf } from '../../services/core/lms/template.ts';
import { RecordReader } from '../../services/core/record/record-reader.ts';
import { Fold, type FoldItem } from '../../services/core/upg/fold.ts';
import type { BenchRow } from './bench-row.ts';

const recordings = new URL('../corpus/lamp/recordings/', import.meta.url);
const rounds = 9;
const commit_items = 16_384;

export function foldBench(): BenchRow[] {
  return [
    row(
      'of audit',
      ['E1', 'E2', 'E3'].map((name) => audit(name)),
    ),
    row(
      'of eBPF',
      ['E1', 'E2', 'E3'].map((name) => recorded(name)),
    ),
  ];
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

function row(what: string, logs: readonly (readonly FoldItem[])[]): BenchRow {
  const events = logs.flat().filter(({ kind }) => kind === 'system').length;
  let units = 0;
  const seconds = Math.min(
    ...Array.from({ length: rounds }, () => {
      const before = process.cpuUsage();
      units = logs.reduce((sum, items) => sum + foldAll(items), 0);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    }),
  );
  const note = `${events.toLocaleString('en')} events, ${units} units, CPU time, best of ${rounds}`;
  return { name: `fold of events ${what}`, value: events / seconds, unit: 'events/s', note };
}

function foldAll(items: readonly FoldItem[]): number {
  const none = { state: new Map<string, string>(), positions: new Map<string, bigint>() };
  const fold = new Fold({ ...none, templateOf, profileOf: () => undefined });
  for (const [i, item] of items.entries()) {
    fold.addItem('s', item);
    if (i % commit_items === commit_items - 1) fold.take();
  }
  fold.finish();
  fold.take();
  return fold.units;
}
