/**
 * Golden tests of sensors: test/golden/sensor/NAME.txt is read and must give NAME.events.json. UPDATE_GOLDEN=1 writes
 * what is given now; read the difference before you commit it. Tetragon's, Falco's and Tracee's lines are after their
 * documented shapes; LAUREL's were written by LAUREL 0.8.2, of the audit log beside them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readAudit } from '../../../test/fuzz/read-audit.ts';
import { readSensor } from '../../../test/fuzz/read-sensor.ts';
import type { SystemEvent } from '../event/event.ts';
import { sensorNames } from './sensor-name.ts';

const folder = fileURLToPath(new URL('../../../test/golden/sensor/', import.meta.url));

test('there is a file for each sensor', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  expect(names.sort()).toEqual(sensorNames.map((name) => `${name}.txt`).sort());
});

test.each(sensorNames)('%s', (name) => {
  const { events, diagnostics, counts, sensor } = readSensor(readFileSync(`${folder}${name}.txt`), {
    file: `${name}.txt`,
  });
  expect(sensor).toBe(name);
  expect(counts.events + counts.ignored + counts.broken + counts.blank).toBe(counts.lines);
  const given = `${JSON.stringify({ events, diagnostics }, plain, 2)}\n`;
  const file = `${folder}${name}.events.json`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, given);
  expect(given).toBe(readFileSync(file, 'utf8'));
});

test('LAUREL’s JSON gives the events of the audit log that it was made of', () => {
  const audit = readAudit(readFileSync(`${folder}laurel.audit.log`), {}).events;
  const laurel = readSensor(readFileSync(`${folder}laurel.txt`), {}).events;
  expect(laurel.length).toBeGreaterThan(50);
  expect(laurel.map(comparable)).toEqual(audit.map(comparable));
});

/** What both say: LAUREL leaves out records that it knows nothing of, and writes titles with blanks. */
function comparable({ others: _, proctitle: __, ...event }: SystemEvent) {
  return plainly(event);
}

function plainly(event: object): unknown {
  return JSON.parse(JSON.stringify(event, plain));
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
