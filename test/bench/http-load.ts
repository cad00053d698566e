/** Load for ingest over HTTP, and what it costs who takes it. */
import { readFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';

/** Of a batch, as an agent sends it under load. */
const batch_bytes = 1 << 20;
const ticks_per_s = 100;
/** Between looks at the queue; a look makes the server count its edges. */
const drained_ms = 200;
const full_ms = 50;

export interface Prepared {
  readonly first: number;
  readonly last: number;
  readonly body: Buffer;
}

/** As an agent sends them under load. */
export function batchesOf(audit: Buffer): Prepared[] {
  const batches: Prepared[] = [];
  let first = 0;
  for (let at = 0; at < audit.length; ) {
    const end = audit.indexOf(10, Math.min(at + batch_bytes, audit.length - 1)) + 1;
    const bytes = audit.subarray(at, end);
    let lines = 0;
    for (const byte of bytes) if (byte === 10) lines++;
    batches.push({ first, last: first + lines - 1, body: zstdCompressSync(bytes) });
    first += lines;
    at = end;
  }
  return batches;
}

/** Of one stream, in order; for later where there is no room. */
export async function send(url: string, host: string, batches: readonly Prepared[]): Promise<void> {
  for (let at = 0; at < batches.length; ) {
    const { first, last, body } = batches[at]!;
    const response = await fetch(`${url}/v1/batches`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: {
        'content-type': 'text/vnd.disprotrack.audit',
        'content-encoding': 'zstd',
        'x-disprotrack-host': host,
        'x-disprotrack-boot': 'bench',
        'x-disprotrack-source': 'audit',
        'x-disprotrack-first': String(first),
        'x-disprotrack-last': String(last),
      },
    });
    const text = await response.text();
    if (response.status === 202) at++;
    else if (response.status === 429) await new Promise((resolve) => setTimeout(resolve, full_ms));
    else throw new Error(`${response.status} ${text}`);
  }
}

/** Resolves when nothing waits to be folded. */
export async function drained(url: string): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (/^disprotrack_queue_batches 0$/m.test(text)) return;
    await new Promise((resolve) => setTimeout(resolve, drained_ms));
  }
}

/** s in user and system mode. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks_per_s;
}
