import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, readAudit } from '../../../test/fuzz/read-audit.ts';
import { AuditReader } from './audit-reader.ts';
import type { SystemEvent } from './event.ts';

const golden = fileURLToPath(new URL('../../../test/golden/audit/', import.meta.url));
const logs = readdirSync(golden)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => new Uint8Array(readFileSync(`${golden}${name}`)));

function close(serial: number, seconds = 1_700_000_000): string {
  const fields = `arch=c000003e syscall=3 success=yes exit=0 a0=${serial.toString(16)} a1=0 a2=0 a3=0 items=0`;
  return `type=SYSCALL msg=audit(${seconds}.100:${serial}): ${fields} ppid=1 pid=7 comm="x" exe="/x" key=(null)`;
}

function title(serial: number): string {
  return `type=PROCTITLE msg=audit(1700000000.100:${serial}): proctitle="x"`;
}

function end(serial: number): string {
  return `type=EOE msg=audit(1700000000.100:${serial}): `;
}

const serials = (events: readonly SystemEvent[]) => events.map((event) => event.serial);
const codes = (read: ReturnType<typeof readAudit>) => read.diagnostics.map((diagnostic) => diagnostic.code);

describe('what is given depends on the bytes alone', () => {
  test('any cut into chunks gives the same events, diagnostics and counts', () => {
    const cuts = fc.tuple(
      fc.constantFrom(...logs),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
    );
    fc.assert(
      fc.property(cuts, ([log, places]) => {
        const at = places.map((place) => Math.floor(place * log.length)).sort((a, b) => a - b);
        expect(readAudit(log, {}, at)).toEqual(readAudit(log));
      }),
      { numRuns: 300 },
    );
  });

  test('one byte at a time', () => {
    for (const log of logs) {
      const everywhere = Array.from({ length: log.length }, (_, i) => i);
      expect(readAudit(log, {}, everywhere)).toEqual(readAudit(log));
    }
  });

  test('records of neighbouring events mixed in any way give whole events in the order of serials', () => {
    const events = Array.from({ length: 12 }, (_, i) => [close(50 + i), title(50 + i)]);
    const inOrder = readAudit(bytesOf(...events.flat())).events;
    fc.assert(
      fc.property(fc.shuffledSubarray(events.flat(), { minLength: 24 }), (lines) => {
        const given = readAudit(bytesOf(...lines)).events;
        const typeless = (event: SystemEvent) => ({ ...event, type: '' });
        expect(given.map(typeless)).toEqual(inOrder.map(typeless));
      }),
    );
  });
});

describe('nothing waits for ever', () => {
  test('an event without an end is given out when enough records came after it', () => {
    const events: SystemEvent[] = [];
    const reader = new AuditReader({
      host: 'h',
      file: 'f',
      emit: (event) => events.push(event),
      diagnose: () => {},
      window: { lagRecords: 4 },
    });
    reader.write(bytesOf(close(1), close(2), close(3), close(4)));
    expect(serials(events)).toEqual([]);
    reader.write(bytesOf(close(5)));
    expect(serials(events)).toEqual([1]);
    reader.flush();
    expect(serials(events)).toEqual([1, 2, 3, 4, 5]);
  });

  test('with EOE an event is given out at once when its predecessor was', () => {
    const events: SystemEvent[] = [];
    const reader = new AuditReader({
      host: 'h',
      file: 'f',
      emit: (event) => events.push(event),
      diagnose: () => {},
      window: { lagRecords: 3 },
    });
    // The first event may have predecessors; from then on the serials leave no gap.
    reader.write(bytesOf(close(1), end(1), close(2), end(2), close(3)));
    expect(serials(events)).toEqual([1, 2]);
    reader.write(bytesOf(title(3), end(3)));
    expect(serials(events)).toEqual([1, 2, 3]);
  });

  test('the number of waiting events and of their bytes is bounded', () => {
    const lines = Array.from({ length: 100 }, (_, i) => close(i + 1));
    for (const window of [{ eventsMax: 10 }, { bytesMax: 2000 }]) {
      const events: SystemEvent[] = [];
      const emit = (event: SystemEvent) => events.push(event);
      const reader = new AuditReader({ host: 'h', file: 'f', emit, diagnose: () => {}, window });
      reader.write(bytesOf(...lines));
      expect(events.length).toBeGreaterThanOrEqual(85);
      expect(serials(events)).toEqual(events.map((_, i) => i + 1));
    }
  });
});

describe('nothing is lost', () => {
  test('a record that comes too late stands by itself, and it is said', () => {
    const read = readAudit(bytesOf(close(1), close(2), close(3), title(1)), { window: { lagRecords: 1 } });
    expect(serials(read.events)).toEqual([1, 2, 1, 3]);
    expect(codes(read)).toEqual(['audit-late-record']);
    expect(read.events[2]).toMatchObject({ type: 'PROCTITLE', syscall: '', proctitle: 'x' });
  });

  test('an EOE that comes late is no event and no trouble', () => {
    const read = readAudit(bytesOf(close(1), close(2), end(1)), { window: { lagRecords: 1 } });
    expect(serials(read.events)).toEqual([1, 2]);
    expect(codes(read)).toEqual([]);
    expect(read.counts).toMatchObject({ records: 3, recordsInEvents: 2, loneEnds: 1 });
  });

  test('a line that is too long is passed over with its length', () => {
    const long = `type=CWD msg=audit(1.000:1): cwd="${'x'.repeat(5000)}"`;
    const log = bytesOf(close(1), long, close(2));
    for (const cuts of [[], [400, 2000, 4000]]) {
      const read = readAudit(log, { lineBytesMax: 1000 }, cuts);
      expect(serials(read.events)).toEqual([1, 2]);
      expect(read.counts).toMatchObject({ lines: 3, records: 2, brokenLines: 1 });
      expect(read.diagnostics).toMatchObject([
        { severity: 'error', code: 'audit-line-too-long', line: 2, column: 0 },
      ]);
      expect(read.diagnostics[0]?.message).toContain(`${long.length} bytes`);
    }
  });

  test('the last line may lack its end', () => {
    const log = bytesOf(close(1), title(1));
    const read = readAudit(log.subarray(0, -1));
    expect(read.events).toEqual(readAudit(log).events);
    expect(codes(read)).toEqual(['audit-unterminated-line']);
  });

  test('an empty log is no trouble', () => {
    expect(readAudit(new Uint8Array(0))).toMatchObject({ events: [], diagnostics: [], counts: { lines: 0 } });
  });
});

test('diagnostics are bounded, and the rest is counted', () => {
  const lines = Array.from({ length: 50 }, (_, i) => `nonsense ${i}`);
  const read = readAudit(bytesOf(...lines), { diagnosticsMax: 3 });
  expect(read.counts.brokenLines).toBe(50);
  expect(read.diagnostics.map((diagnostic) => diagnostic.line)).toEqual([1, 2, 3, 0]);
  expect(read.diagnostics[3]?.message).toMatch(/^47 more/);
});

test('hosts have orders of their own, and their number is bounded', () => {
  const lines = Array.from({ length: 6 }, (_, i) => `node=n${i % 3} ${close(i)}`);
  expect(codes(readAudit(bytesOf(...lines), { hostsMax: 4 }))).toEqual([]);
  const read = readAudit(bytesOf(...lines), { hostsMax: 2 });
  expect(serials(read.events).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(codes(read)).toContain('audit-too-many-hosts');
});

test('messages of auditctl -m are known, and whole in one record', () => {
  const line = "type=USER msg=audit(1.000:7): pid=9 uid=0 auid=0 ses=1 msg='text=hello'";
  const { events, counts } = readAudit(bytesOf(line));
  expect([counts.unknown, events.map((e) => [e.type, e.pid, e.complete])]).toEqual([0, [['USER', 9, true]]]);
});

test('unknown types are counted by name, however many there are', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `type=ODD_${i} msg=audit(1.000:${i}): a=b`);
  const read = readAudit(bytesOf(...lines));
  expect(read.counts.unknown).toBe(1000);
  expect(read.events.map((event) => event.type)).toEqual(lines.map((_, i) => `ODD_${i}`));
  const byType = Object.entries(read.counts.byType);
  expect(byType.length).toBeLessThan(300);
  expect(byType.reduce((sum, [, count]) => sum + count, 0)).toBe(1000);
});

test('a record that says again what another one said is read no differently', () => {
  const tail = 'auid=1 uid=2 ses=3 comm="a" exe="/a" key="k" pid=99 a0=5 exit=-2 success=no syscall=0';
  const call = (serial: number) =>
    `type=SYSCALL msg=audit(1.000:${serial}): arch=c000003e syscall=3 success=yes exit=0 ppid=1 pid=${serial} ${tail}`;
  const odd = (serial: number) =>
    `type=PATH msg=audit(1.000:${serial}): item=0 name="/a" inode=1 dev=00:01 mode=01 inode=${serial} nametype=NORMAL`;
  const read = readAudit(bytesOf(call(1), odd(1), call(2), odd(2)));
  const said = { syscall: 'read', pid: 99, exit: -2, success: false, args: [5, 0, 0, 0], uid: 2, key: 'k' };
  expect(read.events).toMatchObject([
    { ...said, paths: [{ inode: 1 }] },
    { ...said, paths: [{ inode: 2 }] },
  ]);
  const wrong = (serial: number) => `${call(serial).replace(` ${tail}`, '')} auid=1 uid=2 comm=ABC exe="/a"`;
  expect(codes(readAudit(bytesOf(wrong(1), wrong(2))))).toEqual(['audit-bad-hex', 'audit-bad-hex']);
});
