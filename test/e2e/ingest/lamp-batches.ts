/** A committed recording as the batches that would have brought it: containers, audit, and logs in between. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Batch } from '../../../services/core/batch-queue.ts';
import { batchesOf, linesOf } from '../../fixture/batch-pipeline.ts';

const containers: Readonly<Record<string, string>> = { apache: 'web', php: 'app', mariadb: 'db' };

/** About `count` batches of audit, and some of each log, in one order. */
export function lampBatches(scenario: string, count: number): Batch[] {
  const folder = new URL(`../../corpus/lamp/recordings/${scenario}/`, import.meta.url);
  const text = (name: string): string => gunzipSync(readFileSync(new URL(name, folder))).toString('utf8');
  const every = (name: string, contentType: string, whole: string, parts: number): Batch[] => {
    const units = linesOf(whole);
    const cuts = Array.from({ length: parts }, (_, i) => Math.round((units.length * (i + 1)) / parts));
    return batchesOf({ source: name, contentType, units }, cuts);
  };
  const samples = readFileSync(new URL('identity.jsonl', folder), 'utf8');
  const audit = every('audit', 'text/vnd.disprotrack.audit', text('audit.log.gz'), count);
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log.gz') && name !== 'audit.log.gz');
  const logged = logs.flatMap((name) => {
    const file = name.replace(/\.gz$/, '');
    const contentType = `text/vnd.disprotrack.log; name=${file}; container=${containers[name.split('-')[0]!]}`;
    return every(file, contentType, text(name), 4);
  });
  const all = every('containers', 'text/vnd.disprotrack.containers', samples, 2);
  const step = Math.ceil(audit.length / logged.length);
  for (const [i, batch] of audit.entries()) {
    if (i % step === 0) all.push(...logged.splice(0, 1));
    all.push(batch);
  }
  return [...all, ...logged];
}
