/**
 * What lines of logs take in a store, against `zstd -19` of the files themselves, and how soon a value is found in them:
 * on the recorded logs, and on logs printed from the formats of no program in view. Every line is compared with what
 * was read.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, zstdCompressSync } from 'node:zlib';
import { bytesOfText } from '../../services/core/line/byte-text.ts';
import { type LineCondition, parseCondition } from '../../services/core/line/line-condition.ts';
import type { LogLine } from '../../services/core/line/log-line.ts';
import { candidates } from '../../services/store/lines/line-search.ts';
import { LineSegment, packLines } from '../../services/store/lines/line-segment.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';
import type { BenchRow } from './bench-row.ts';
import { Random } from './random.ts';

const recordings = new URL('../corpus/lamp/recordings/', import.meta.url);
const generated_lines = 100_000;
const runs_count = 100;

interface Log {
  readonly name: string;
  readonly bytes: Buffer;
}

export async function columnsBench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of ['E1', 'E2', 'E3'])
    rows.push(...(await measured(`the recorded logs of ${name}`, recordedLogs(name))));
  const random = new Random(7);
  const generated = [
    ['an access log', 'access.log', accessLog(random)],
    ['a log of JSON lines', 'app.json', jsonLog(random)],
  ] as const;
  for (const [what, name, bytes] of generated)
    rows.push(...(await measured(what, [{ name, bytes }], rareAddress(bytes))), unpackedPieces(what, bytes));
  return rows;
}

function recordedLogs(name: string): Log[] {
  const folder = new URL(`${name}/`, recordings);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log.gz') && file !== 'audit.log.gz')
    .map((file) => ({ name: file.slice(0, -3), bytes: gunzipSync(readFileSync(new URL(file, folder))) }));
}

async function measured(what: string, logs: readonly Log[], sought?: string): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-columns-'));
  try {
    const files = logs.map(({ name, bytes }) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return { name, path };
    });
    const store = await openStore(join(folder, 'store'), { mode: 'write' });
    const none = { audit: [], identity: [], profiles: [], onProgress: () => {}, onDiagnostic: () => {} };
    await importFiles({ store, host: 'h', logs: files, ...none });
    await (store as unknown as { settle(): Promise<void> }).settle();
    const streams = await store.logStreams();
    for (const { stream, name } of streams) {
      let text = '';
      for await (const line of store.lines({ ...all, stream })) text += line.text;
      const { bytes } = logs.find((log) => log.name === name)!;
      if (Buffer.compare(bytesOfText(text), bytes) !== 0)
        throw new Error(`${name} did not come back as it was`);
    }
    const raw = logs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const kept = streams.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
    const rival = logs.reduce((sum, { bytes }) => sum + zstd19(bytes), 0);
    const row = {
      name: `lines of ${what}, of their size`,
      value: raw / kept,
      unit: 'th',
      baseline: `zstd -19 of each file (${(raw / rival).toFixed(1)}th)`,
      ratio: rival / kept,
      note: `${kept.toLocaleString('en')} of ${raw.toLocaleString('en')} bytes, each byte comes back`,
    };
    const found = sought === undefined ? [] : [await search(store, what, sought)];
    await store.close();
    return [row, ...found];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const all = { stream: undefined, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };

async function search(
  store: Awaited<ReturnType<typeof openStore>>,
  what: string,
  address: string,
): Promise<BenchRow> {
  const where = [parseCondition(`address = ${address}`) as LineCondition];
  const [every, some] = [await seconds(store, []), await seconds(store, where)];
  return {
    name: `address = ${address} in ${what}`,
    value: some.seconds,
    unit: 's',
    baseline: `printing all lines (${every.seconds.toFixed(2)} s)`,
    ratio: every.seconds / some.seconds,
    note: `${some.lines} of ${every.lines} lines, CPU time`,
  };
}

async function seconds(store: Awaited<ReturnType<typeof openStore>>, where: readonly LineCondition[]) {
  const before = process.cpuUsage();
  let lines = 0;
  for await (const _ of store.lines({ ...all, where })) lines++;
  const { user, system } = process.cpuUsage(before);
  return { lines, seconds: (user + system) / 1e6 };
}

function zstd19(bytes: Buffer): number {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }).length;
}

const agents = [
  'curl/8.5.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'okhttp/4.12.0',
];
const paths = ['/', '/login', '/api/v1/orders', '/static/app.js', '/static/style.css', '/health'];
const methods = ['GET', 'GET', 'GET', 'POST'];

function accessLog(random: Random): Buffer {
  let ms = Date.UTC(2026, 10, 27, 5);
  const lines = Array.from({ length: generated_lines }, () => {
    ms += random.below(60);
    const [, month, day, year, clock] = new Date(ms)
      .toUTCString()
      .split(' ')
      .map((word, i, w) => (i === 1 ? w[2] : i === 2 ? w[1] : word));
    const path = random.below(3) === 0 ? `/api/v1/orders/${random.below(100_000)}` : random.pick(paths);
    const status = random.pick(['200', '200', '200', '304', '404', '500']);
    return `${address(random)} - - [${day}/${month}/${year}:${clock} +0000] "${random.pick(methods)} ${path} HTTP/1.1" ${status} ${random.below(20_000)} "-" "${random.pick(agents)}"\n`;
  });
  return Buffer.from(lines.join(''));
}

function jsonLog(random: Random): Buffer {
  let ms = Date.UTC(2026, 10, 27, 5);
  const lines = Array.from({ length: generated_lines }, () => {
    ms += random.below(60);
    const id = Array.from({ length: 4 }, () => random.below(65_536).toString(16).padStart(4, '0')).join('');
    const msg = random.pick(['request completed', 'cache miss', 'connected to db', 'order placed']);
    return `{"level":30,"time":"${new Date(ms).toISOString()}","pid":17,"hostname":"web-1","reqId":"${id}","remoteAddress":"${address(random)}","responseTime":${(random.below(1e6) / 1000).toFixed(3)},"msg":"${msg}"}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** A hundred runs of the log: what of them a search for a rare address unpacks. */
function unpackedPieces(what: string, bytes: Buffer): BenchRow {
  const address = rareAddress(bytes);
  const texts = bytes.toString('latin1').split(/(?<=\n)/);
  const lines = texts.map((text, at): LogLine => ({ stream: 's', name: 's', number: at + 1, part: 0, text }));
  const size = Math.ceil(lines.length / runs_count);
  const segments = Array.from({ length: runs_count }, (_, i) => {
    return new LineSegment(packLines(lines.slice(i * size, (i + 1) * size)));
  });
  const where = [parseCondition(`address = ${address}`) as LineCondition];
  const found = segments.reduce((sum, segment) => sum + (candidates(segment, where)?.size ?? 0), 0);
  const unpacked = segments.reduce((sum, { unpacked: { numbers, texts } }) => sum + numbers + texts, 0);
  return {
    name: `address = ${address} in ${runs_count} runs of ${what}`,
    value: unpacked,
    unit: 'pieces',
    baseline: `all of them (${2 * segments.length})`,
    ratio: (2 * segments.length) / Math.max(1, unpacked),
    note: `${found} lines`,
  };
}

/** One of those that ask seldom. */
function rareAddress(bytes: Buffer): string {
  const counts = new Map<string, number>();
  for (const [found] of bytes.toString('latin1').matchAll(/10\.\d+\.\d+\.\d+/g))
    counts.set(found, (counts.get(found) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
}

/** Some ask often, most seldom. */
function address(random: Random): string {
  const n = Math.floor((random.below(1e6) / 1e6) ** 3 * 20_000);
  return `10.${n % 12}.${(n >> 4) % 250}.${n % 251}`;
}
