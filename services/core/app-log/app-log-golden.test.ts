/** The golden logs of each format: test/golden/app-log/FORMAT/NAME.log gives NAME.entries.json (UPDATE_GOLDEN=1 writes). */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostic.ts';
import type { AppEntry } from './app-entry.ts';
import { AppLogReader } from './app-log-reader.ts';

const folder = fileURLToPath(new URL('../../../test/golden/app-log', import.meta.url));

function read(bytes: Uint8Array, file: string) {
  const entries: AppEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  const reader = new AppLogReader({
    host: 'web1',
    file,
    defaultYear: 2025,
    zone: '+0530',
    emit: (entry) => entries.push(entry),
    diagnose: (diagnostic) => diagnostics.push(diagnostic),
  });
  reader.write(bytes);
  reader.end();
  return { detected: reader.detected!, counts: reader.counts, entries, diagnostics };
}

function golden(result: ReturnType<typeof read>): string {
  const { format, confidence, timeRule } = result.detected;
  const { counts } = result;
  const shown = {
    detected: { format, confidence: Number(confidence.toFixed(3)), timeRule },
    counts: { ...counts, byLayers: Object.fromEntries(counts.byLayers) },
    diagnostics: result.diagnostics.map(({ severity, code, line }) => `${severity} ${code} ${line}`),
    entries: result.entries.map(({ kind: _kind, host: _host, source: _source, log: _log, ...entry }) => ({
      ...entry,
      iso: entry.timeSource === 'none' ? undefined : new Date(Number(entry.time / 1_000_000n)).toISOString(),
    })),
  };
  const text = JSON.stringify(shown, (_, value) => (typeof value === 'bigint' ? String(value) : value), 1);
  return `${text}\n`;
}

const cases = readdirSync(folder).flatMap((format) =>
  readdirSync(join(folder, format))
    .filter((name) => name.endsWith('.log'))
    .map((name) => ({ format, name })),
);

describe.each(cases)('$format/$name', ({ format, name }) => {
  const path = join(folder, format, name);
  const bytes = readFileSync(path);
  const result = read(bytes, name);

  test('is as the golden file has it', () => {
    const file = path.replace(/\.log$/, '.entries.json');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, golden(result));
    expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
    expect(golden(result)).toBe(readFileSync(file, 'utf8'));
  });

  test('is detected and accounts for every line', () => {
    if (format !== 'stamped') expect(result.detected.format).toBe(format);
    const { lines, entries, joined, blank } = result.counts;
    expect(entries + joined + blank).toBe(lines);
    expect(entries).toBe(result.entries.length);
  });

  test('does not depend on the chunks', () => {
    const entries: AppEntry[] = [];
    const reader = new AppLogReader({
      host: 'web1',
      file: name,
      defaultYear: 2025,
      zone: '+0530',
      emit: (entry) => entries.push(entry),
      diagnose: () => {},
    });
    for (let at = 0; at < bytes.length; at += 7) reader.write(bytes.subarray(at, at + 7));
    reader.end();
    expect(entries).toEqual(result.entries);
  });
});
