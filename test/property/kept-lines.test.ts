/** Every byte of a log comes back from the store, whatever it is, and however often and in which pieces it was given. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { bytesOfText } from '../../services/core/line/byte-text.ts';
import { part_bytes_max } from '../../services/core/line/log-line.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recordings = new URL('../corpus/lamp/recordings/E1/', import.meta.url);
const recorded = [
  'apache-access.log',
  'apache-error.log',
  'mariadb-error.log',
  'mariadb-general.log',
  'php-fpm-access.log',
];
let stores = 0;

/** Imports what a log was at several times into one store, and gives the lines that are there then. */
async function keptOf(versions: readonly Uint8Array[], name = 'a.log'): Promise<Uint8Array> {
  const dir = join(folder, String(stores++));
  const path = join(folder, name);
  for (const [i, bytes] of versions.entries()) {
    writeFileSync(path, bytes);
    const store = await openStore(dir, { mode: 'write' });
    const growing = i + 1 < versions.length;
    const logs = [{ name, path }];
    const none = { audit: [], identity: [], profiles: [], onProgress: () => {}, onDiagnostic: () => {} };
    await importFiles({ store, host: 'h', logs, growing, ...none });
    await store.close();
  }
  const reader = await openStore(dir, { mode: 'read' });
  let text = '';
  const query = { stream: undefined, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };
  for await (const line of reader.lines(query)) text += line.text;
  await reader.close();
  return bytesOfText(text);
}

const access = '10.0.0.7 - - [27/Nov/2026:05:23:43 +0000] "GET /a HTTP/1.1" 200 4 "-" "curl"\n';
const journal = '__REALTIME_TIMESTAMP=1639762117319838\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n\n';
const python = '2026-11-24 22:00:00,123 ERROR app the first\n';

const pieces = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .constantFrom(
      access,
      python,
      'Traceback (most recent call last):\n  ValueError: no\n',
      '{"log":"part","stream":"stdout","time":"2026-11-24T20:28:43.1Z"}\n',
      journal,
      '\x1b[31mred\x1b[0m \xff\xfe\0\r\n',
      '\n\r\n \n',
    )
    .map(bytesOfText),
);

test('any bytes, given whole or grown', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 12 }), fc.nat(), async (given, at) => {
      const bytes = Buffer.concat(given);
      const cut = bytes.subarray(0, at % (bytes.length + 1));
      expect(Buffer.compare(await keptOf([cut, bytes, bytes]), bytes)).toBe(0);
    }),
    {
      numRuns: Number(process.env.DISPROTRACK_FULL === '1' ? 200 : 15),
      // Half of it is of one format, and all of it of another.
      examples: [[[access, journal, python].map(bytesOfText), 78]],
    },
  );
});

test('lines of megabytes, at and around the size of a part', { timeout: 120_000 }, async () => {
  const sizes = [-1, 0, 1].map((by) => part_bytes_max + by);
  const lines = [...sizes, 2 * part_bytes_max + 5].map(
    (size) => `${'ab cd efghi '.repeat(size / 12 + 1).slice(0, size)}\n`,
  );
  const bytes = bytesOfText(`first\n${lines.join('')}half ${'x'.repeat(part_bytes_max)}`);
  const cut = bytes.subarray(0, bytes.length - part_bytes_max - 100_000);
  expect(Buffer.compare(await keptOf([cut, bytes]), bytes)).toBe(0);
});

test.each(recorded)('the recorded %s, plain, compressed and grown', { timeout: 120_000 }, async (name) => {
  const bytes = gunzipSync(readFileSync(new URL(`${name}.gz`, recordings)));
  for (const versions of [[bytes], [gzipSync(bytes)], [bytes.subarray(0, bytes.length / 2), bytes]]) {
    expect(Buffer.compare(await keptOf(versions, name), bytes)).toBe(0);
  }
});
