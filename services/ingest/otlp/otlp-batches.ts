/**
 * What one OTLP request holds, as batches of streams: one for each host and service. OTLP numbers nothing, so that a
 * batch is known by what is in it. It must not know HTTP or queues.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { HostName, mediaTypes } from '../../contract/batch.ts';
import type { OtlpLogs } from '../../contract/otlp-logs.ts';
import type { UnnumberedBatch } from '../../core/batch-queue.ts';
import { entryOf, hostOf } from './otlp-entry.ts';
import { attributesOf, textOf } from './otlp-value.ts';

export interface OtlpBatches {
  readonly batches: readonly UnnumberedBatch[];
  readonly rejected: number;
  /** Why some were rejected; empty where none was. */
  readonly reasons: ReadonlySet<string>;
}

export interface OtlpSender {
  /** Of records whose resource names none. */
  readonly host: string | undefined;
  readonly speaksFor: (host: string) => boolean;
}

/** There is none: records of one stream go on over boots. */
const boot = 'otlp';
const compress = promisify(zstdCompress);
const batches_max = 1_000;

export async function otlpBatches(logs: OtlpLogs, sender: OtlpSender): Promise<OtlpBatches> {
  const groups = new Map<string, { host: string; source: string; lines: string[] }>();
  const reasons = new Set<string>();
  let rejected = 0;
  for (const { resource, scopeLogs } of logs.resourceLogs) {
    const attributes = attributesOf(resource.attributes);
    const host = hostOf(attributes) ?? sender.host;
    const refusal = refusalOf(host, sender);
    for (const { scope, logRecords } of scopeLogs) {
      if (refusal !== undefined) {
        rejected += logRecords.length;
        if (logRecords.length > 0) reasons.add(refusal);
        continue;
      }
      const source = sourceName(textOf(attributes.get('service.name')) ?? 'logs');
      const key = `${host}/${source}`;
      const group = groups.get(key) ?? { host: host!, source, lines: [] };
      if (groups.size >= batches_max && !groups.has(key)) {
        rejected += logRecords.length;
        reasons.add(`more than ${batches_max} hosts and services in one request`);
        continue;
      }
      groups.set(key, group);
      for (const record of logRecords)
        group.lines.push(JSON.stringify(entryOf(record, attributes, scope.name)));
    }
  }
  const filled = [...groups.values()].filter(({ lines }) => lines.length > 0);
  return { batches: await Promise.all(filled.map(batchOf)), rejected, reasons };
}

function refusalOf(host: string | undefined, { speaksFor }: OtlpSender): string | undefined {
  if (host === undefined)
    return 'nothing says the host: set the resource attribute host.name (or k8s.node.name), or the header x-disprotrack-host';
  if (!HostName.safeParse(host).success) return `${host.slice(0, 80)} is no name of a host`;
  return speaksFor(host) ? undefined : `the token does not speak for ${host}`;
}

async function batchOf({
  host,
  source,
  lines,
}: {
  host: string;
  source: string;
  lines: string[];
}): Promise<UnnumberedBatch> {
  const text = `${lines.join('\n')}\n`;
  return {
    stream: { host, boot, source },
    count: lines.length,
    key: createHash('sha256').update(text).digest('hex').slice(0, 32),
    contentType: mediaTypes.entries,
    encoding: 'zstd',
    bytes: await compress(text),
  };
}

/** Services that differ in what a name of a source can't hold stay apart by a hash. */
function sourceName(service: string): string {
  const plain = service
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .slice(0, 64);
  if (plain === service) return `otlp-${plain}`;
  return `otlp-${plain}-${createHash('sha256').update(service).digest('hex').slice(0, 8)}`;
}
