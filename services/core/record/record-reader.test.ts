import { expect, test } from 'vitest';
import { readRecords, readWithRestarts } from '../../../test/fixture/read-records.ts';
import { onFile, onTcp, RecordScript } from '../../../test/fixture/record-script.ts';
import type { SystemEvent } from '../event/event.ts';
import { writeNote } from './note.ts';
import { recordFlag, recordKind } from './record-kind.ts';

function read(script: RecordScript) {
  const whole = readRecords(script.bytes);
  expect(readRecords(script.bytes, [100, 361, 1000]).items).toEqual(whole.items);
  expect(readWithRestarts(script.records)).toEqual(whole.items);
  const systems = whole.items.filter((item): item is SystemEvent => item.kind === 'system');
  return { ...whole, systems, codes: whole.diagnostics.map((d) => d.code) };
}

test('a call becomes the event that audit would give, with what only the kernel knows beside it', () => {
  const s = new RecordScript().call(10, 'openat', {
    ...onFile('/etc/passwd'),
    args: [-100, 0, 0],
    result: 3,
    namespacePid: 4,
    cgroup: 77,
  });
  const [event] = read(s).systems;
  expect(event).toMatchObject({
    syscall: 'openat',
    arch: 'x86_64',
    exit: 3,
    success: true,
    pid: 10,
    namespacePid: 4,
    paths: [{ path: '/etc/passwd', device: '08:01', mode: 0o100644, nametype: 'NORMAL' }],
    kernel: { bootId: 'boot-1', processStart: 10_000_000n, cgroups: [77], entries: [] },
  });
  expect(event!.args[0] | 0).toBe(-100);
});

test('both ends of a socket, the child of a fork and the script of an exec are in the event', () => {
  const s = new RecordScript()
    .call(10, 'connect', { args: [3], result: -115, ...onTcp(50, '10.0.0.1:4000', '10.0.0.2:80') })
    .fork(10, 11)
    .exec(11, '/bin/sh', ['sh', '/x.sh', ''], { object2: onFile('/x.sh').object!, texts: { path2: '/x.sh' } })
    .exit(11, { result: 9 });
  const [connect, fork, exec, exit] = read(s).systems;
  expect(connect!.address).toEqual({ family: 'inet', address: '10.0.0.2', port: 80 });
  expect(connect!.kernel!.socket!.local).toEqual({ family: 'inet', address: '10.0.0.1', port: 4000 });
  expect(connect!.success).toBe(false);
  expect(fork).toMatchObject({
    syscall: 'clone',
    exit: 11,
    kernel: { child: { pid: 11, start: 11_000_000n } },
  });
  expect(exec!.paths.map((p) => p.path)).toEqual(['/x.sh', '/bin/sh']);
  expect(exec!.argv).toEqual(['sh', '/x.sh', '']);
  expect(exit).toMatchObject({ syscall: 'exit_group', exit: 9, success: true });
});

test('a log write carries its entries, by the kernel’s time and pid', () => {
  const line = '10.0.0.9 - - [24/Nov/2026:22:01:49 +0000] "GET /a HTTP/1.1" 200 4 "-" "curl"\n';
  const s = new RecordScript().log(10, line + line, { ...onFile('/var/log/nginx/access.log'), args: [5] });
  const [event] = read(s).systems;
  expect(event!.kernel!.entries).toHaveLength(2);
  expect(event!.kernel!.entries[1]).toMatchObject({
    pid: 10,
    pidSource: 'host',
    timeSource: 'kernel-stamp',
    time: event!.time,
    source: '/var/log/nginx/access.log',
    request: { path: '/a', status: 200 },
  });
});

test('a line over several writes is an entry of the last, and a long write over several records is one', () => {
  const onPipe = { flags: recordFlag.containerStdio, args: [2], object: { inode: 9, mode: 0o010600 } };
  const s = new RecordScript().log(10, 'half ', onPipe).log(10, 'a line\n', onPipe);
  const long = 'x'.repeat(4096);
  s.log(10, long, { ...onPipe, flags: onPipe.flags | recordFlag.continues })
    .log(20, 'of another processor\n', { ...onPipe, object: { inode: 8 }, cpu: 1 })
    .log(10, `${long}\n`, { ...onPipe, u32: { piece: 1 } })
    .log(10, 'never ended', onPipe)
    .wait(2_000)
    .counters(0, 0);
  const { items, systems } = read(s);
  expect(systems.map((e) => e.kernel!.entries.map(({ text }) => text.length))).toEqual([
    [],
    ['half a line'.length],
    ['of another processor'.length],
    [2 * 4096],
    [],
  ]);
  expect(items.at(-1)).toMatchObject({ kind: 'app', text: 'never ended', pid: 10, source: 'p10 stderr' });
});

test('what is sent to the journal or syslog is an entry, with or without a line end', () => {
  const toSocket = { flags: recordFlag.logSocket, args: [3] };
  const s = new RecordScript()
    .log(10, '<30>Nov 24 22:01:49 sshd[7]: hello', { ...toSocket, texts: { path2: '/dev/log' } })
    .log(10, 'MESSAGE=it is done\nPRIORITY=6', {
      ...toSocket,
      texts: { path2: '/run/systemd/journal/socket' },
    });
  const messages = read(s).systems.flatMap((e) => e.kernel!.entries.map((entry) => entry.message));
  expect(messages).toEqual(['hello', 'it is done']);
});

test('what was lost is a gap once, whether holes or counters tell it', () => {
  const s = new RecordScript()
    .call(10, 'close')
    .lose(3)
    .call(10, 'close')
    .counters(0, 3)
    .lose(2)
    .counters(0, 5)
    .counters(1, 0)
    .call(10, 'close', { cpu: 1 })
    .call(10, 'close')
    .counters(0, 5);
  const { items, counts } = read(s);
  const gaps = items.filter((item) => item.kind === 'gap');
  expect(gaps.map((g) => g.missing)).toEqual([3, 2]);
  expect(counts.lost).toBe(5);
  expect(gaps[0]!.from).toBe(1_700_000_000_000_000_000n);
  expect(gaps[0]!.until).toBe(gaps[0]!.from + 1_000_000n);
});

test('a clock set back does not turn the order of events round', () => {
  const s = new RecordScript().call(10, 'close').setClock(-3_600_000).call(10, 'close').setClock(7_200_000);
  s.call(10, 'close');
  const { systems, codes } = read(s);
  const times = systems.map((e) => Number((e.time - systems[0]!.time) / 1_000_000n));
  expect(times).toEqual([0, 1, 3_600_002]);
  expect(codes).toEqual(['record-clock-step', 'record-clock-step']);
});

test('user space’s records: audit lines, log files, container samples, notes, and what nobody knows', () => {
  const line =
    'type=SYSCALL msg=audit(1700000000.1:7): arch=c000003e syscall=3 success=yes exit=0 a0=3 pid=10 ppid=1';
  const container = {
    time: '2023-11-14T22:13:20Z',
    container: 'web',
    initPid: 10,
    cgroups: [77],
    labels: { fn: 'a' },
  };
  const s = new RecordScript()
    .fromUserSpace(recordKind.auditLine, { texts: { payload: line } })
    .fromUserSpace(recordKind.auditLine, { texts: { payload: 'type=EOE msg=audit(1700000000.1:7): ' } })
    .fromUserSpace(recordKind.appLog, { texts: { path: '/a.log', path2: 'web', payload: 'one\ntwo\n' } })
    .fromUserSpace(recordKind.container, { texts: { payload: JSON.stringify(container) } })
    .fromUserSpace(recordKind.container, { texts: { payload: '{}' } })
    .fromUserSpace(recordKind.note, {
      texts: { payload: writeNote({ note: 'spool-dropped', records: 5, from: 1n, until: 2n }) },
    })
    .fromUserSpace(recordKind.note, { texts: { payload: '{"note":"?"}' } })
    .fromUserSpace(999)
    .call(10, 9_999)
    .wait(2_000)
    .counters(0, 0);
  const { items: all, codes, counts } = read(s);
  const items = all.filter(({ kind }) => kind !== 'line');
  expect(all.filter(({ kind }) => kind === 'line')).toMatchObject([{ text: 'one\n' }, { text: 'two\n' }]);
  expect(items.map((item) => item.kind)).toEqual(['app', 'app', 'container', 'gap', 'system', 'system']);
  expect(items[0]).toMatchObject({ text: 'one', container: 'web', source: '/a.log', timeSource: 'none' });
  expect(items[2]).toMatchObject({ container: 'web', cgroups: [77], labels: { fn: 'a' } });
  expect(items[4]).toMatchObject({ syscall: 'syscall_9999' });
  expect(items[5]).toMatchObject({ syscall: 'close', serial: 7 });
  expect(codes).toEqual(['container-record', 'record-note', 'record-kind', 'record-syscall']);
  expect(counts).toMatchObject({ unknownKinds: 1, unknownSyscalls: 1, entries: 2, samples: 1, lost: 5 });
});

test('who called for a log write is a part of its one line’s stamp, and of no other’s', () => {
  const onLog = { ...onFile('/var/log/a.log'), args: [5] };
  const s = new RecordScript()
    .object(1, '/lib/libc.so.6', 'aa')
    .object(2, '/usr/sbin/a', 'bb')
    .stack(10, [
      [1, 0x1000],
      [2, 0x20_0000_0000],
      [9, 0x10],
    ])
    .log(10, 'one line\n', onLog)
    .log(10, 'without a stack\n', onLog)
    .stack(10, [[2, 16]])
    .log(10, 'two\nlines\n', onLog)
    .stack(10, [[2, 16]], { result: 3 })
    .lose(1)
    .log(10, 'another write\n', onLog)
    .stack(10, [[2, 16]], { result: 3 })
    .log(11, 'another task\n', onLog)
    .stack(10, [[2, 16]], { result: 3 })
    .log(10, 'cut short\n', { ...onLog, flags: recordFlag.payloadCut })
    .fromUserSpace(recordKind.note, {
      texts: { payload: writeNote({ note: 'capture-began', since: 1_700_000_000_000_000_000n }) },
    })
    .stack(10, [[2, 16]])
    .log(10, 'of another run\n', onLog);
  const stacks = read(s).systems.flatMap(({ kernel }) => kernel!.entries.map((entry) => entry.stack));
  expect(stacks).toEqual([
    {
      end: 'end',
      places: [
        { path: '/lib/libc.so.6', build: 'aa', address: 0x1000 },
        { path: '/usr/sbin/a', build: 'bb', address: 0x20_0000_0000 },
      ],
    },
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    { end: 'pending', places: [{ path: '/usr/sbin/a', build: 'bb', address: 16 }] },
    { end: 'end', places: [] },
  ]);
});
