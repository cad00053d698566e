/** The real logs that were published with the DisProTrack paper, where a copy lies beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAudit } from '../../../test/fuzz/read-audit.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/paper-samples/', import.meta.url));
const absent = existsSync(folder) ? '' : ' (skipped: ../shared/data/paper-samples is not there)';

describe.skipIf(absent !== '')(`published samples${absent}`, () => {
  test.each([
    { sample: 's1', records: 830, syscalls: 275, events: 277 },
    { sample: 's2', records: 11_296, syscalls: 4080, events: 4086 },
  ])('$sample: every record is in an event, in order', ({ sample, records, syscalls, events }) => {
    const read = readAudit(readFileSync(`${folder}${sample}/audit.log`));
    expect(read.diagnostics).toEqual([]);
    expect(read.counts).toMatchObject({
      records,
      events,
      recordsInEvents: records,
      unknown: 0,
      brokenLines: 0,
    });
    expect(read.counts.byType.SYSCALL).toBe(syscalls);
    // The audit daemon's last words have a serial of its own.
    const serials = read.events.filter((event) => event.type !== 'DAEMON_END').map((event) => event.serial);
    expect(serials).toEqual(serials.toSorted((a, b) => a - b));
  });

  test('the call that the tables name is the one that auditd named', () => {
    const text = readFileSync(`${folder}s2/audit.log`, 'latin1');
    const named = new Map(
      [...text.matchAll(/:(\d+)\): arch=.*SYSCALL=(\w+)/g)].map((match) => [Number(match[1]), match[2]]),
    );
    const read = readAudit(readFileSync(`${folder}s2/audit.log`));
    const calls = read.events.filter((event) => event.syscall !== '');
    expect(calls.map((event) => event.syscall)).toEqual(calls.map((event) => named.get(event.serial)));
  });

  test('the addresses are those that auditd made out', () => {
    const text = readFileSync(`${folder}s2/audit.log`, 'latin1');
    const made = new Map(
      [...text.matchAll(/:(\d+)\): saddr=.*laddr=(?:::ffff:)?(\S+) lport=(\d+)/g)].map((match) => [
        Number(match[1]),
        `${match[2]} ${match[3]}`,
      ]),
    );
    const given = new Map<number, string>();
    for (const { serial, address } of readAudit(readFileSync(`${folder}s2/audit.log`)).events) {
      if (address !== undefined && 'address' in address)
        given.set(serial, `${address.address} ${address.port}`);
    }
    expect(given).toEqual(made);
  });
});
