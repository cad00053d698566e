/**
 * Golden tests of the audit grammar: test/golden/audit/NAME.txt is read and must give NAME.events.json.
 * UPDATE_GOLDEN=1 writes what is given now; read the difference before you commit it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readAudit } from '../../../test/fuzz/read-audit.ts';

const folder = fileURLToPath(new URL('../../../test/golden/audit/', import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length));

test.each(names)('%s', (name) => {
  const { events, diagnostics, counts } = readAudit(readFileSync(`${folder}${name}.txt`), {
    file: `${name}.txt`,
  });
  expect(counts.recordsInEvents + counts.loneEnds).toBe(counts.records);
  const given = `${JSON.stringify({ events, diagnostics }, plain, 2)}\n`;
  const file = `${folder}${name}.events.json`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, given);
  expect(given).toBe(readFileSync(file, 'utf8'));
});

/** Times as texts, since JSON has no integers of their size. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
