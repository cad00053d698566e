import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FoldedGraph, foldInto } from '../../../test/fixture/folded-graph.ts';
import { readSensor } from '../../../test/fuzz/read-sensor.ts';
import { jsonFault } from './json-fault.ts';
import { SensorReader } from './sensor-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['{"a":1} x', 8],
  ['{"a":}', 5],
  ['{"a":1', 6],
  ['{a:1}', 1],
  ['{"a":"b\\q"}', 7],
  ['[1,2', 4],
  ['nul', 0],
  ['', 0],
])('JSON of %j stops at %i', (text, at) => {
  expect(jsonFault(text)).toBe(at);
});

test('a fault is found exactly where JSON.parse finds one at all', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 3 }), (json, where, more) => {
      const at = where % (json.length + 1);
      const text = json.slice(0, at) + more + json.slice(at);
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(jsonFault(text) === text.length && isJson).toBe(isJson);
    }),
  );
});

test('any bytes are read without a crash, and each broken line has its place', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.json().map(bytes))), (lines) => {
      const all = lines.flatMap((line) => [...line, 10]);
      const { counts, diagnostics } = readSensor(Uint8Array.from(all), {});
      const told = diagnostics.filter(({ severity }) => severity === 'error');
      expect(told.length).toBe(Math.min(counts.broken, told.length));
      expect(counts.broken === 0 || told.every(({ line, column }) => line > 0 && column > 0)).toBe(true);
    }),
  );
});

test('a bad line says its line and its column, counted in bytes', () => {
  const good = '{"time":"2026-11-27T08:00:00Z","process_exit":{"process":{"pid":7}}}';
  const { diagnostics, events } = readSensor(bytes(`${good}\n\n{"ä":tru}\n${good}\n`), {});
  expect(events).toHaveLength(2);
  expect(diagnostics).toEqual([
    expect.objectContaining({ severity: 'error', code: 'sensor-no-json', line: 3, column: 7 }),
  ]);
});

test('lines of a container’s log are read out of what its runtime puts around them', () => {
  const line = '{"time":"2026-11-27T08:00:00Z","process_exit":{"process":{"pid":7}}}';
  const docker = JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-27T08:00:01Z' });
  const cri = '2026-11-27T08:00:01.5Z stdout F ';
  const { events, diagnostics } = readSensor(bytes(`${cri}${line}\n${docker}\n${cri}{"time":x}\n`), {});
  expect(events.map(({ pid }) => pid)).toEqual([7, 7]);
  expect(diagnostics).toEqual([expect.objectContaining({ line: 3, column: cri.length + 9 })]);
});

test('a reader goes on where another was saved, in the middle of a line', () => {
  const line = '{"time":"2026-11-27T08:00:00Z","process_exit":{"process":{"pid":7}}}\n';
  const events: number[] = [];
  const options = {
    host: 'h',
    file: 'f',
    emit: ({ serial }: { serial: number }) => events.push(serial),
    diagnose: () => {},
  };
  const first = new SensorReader(options);
  first.write(bytes(line + line.slice(0, 20)));
  const second = new SensorReader({ ...options, saved: JSON.parse(JSON.stringify(first.save())) });
  second.write(bytes(line.slice(20) + line));
  second.end();
  expect(events).toEqual([1, 2, 3]);
  expect(second.sensor).toBe('tetragon');
});

function story(lines: readonly object[]): string[] {
  const { events, diagnostics } = readSensor(
    bytes(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    {},
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const inputs = events.map((item, position) => ({ stream: 's', position: BigInt(position), item }));
  return foldInto(new FoldedGraph(), inputs).story();
}

const kprobe = (pid: number, binary: string, function_name: string, args: object[], at: number) => ({
  process_kprobe: { process: { pid, binary, cwd: '/srv' }, function_name, args },
  node_name: 'n',
  time: `2026-11-27T08:00:0${at}.0Z`,
});
const sock = (saddr: string, sport: number, daddr: string, dport: number) => ({
  sock_arg: { type: 'SOCK_STREAM', protocol: 'IPPROTO_TCP', saddr, sport, daddr, dport },
});

test('Tetragon: both ends of a connection are one vertex, also on two nodes', () => {
  const client = kprobe(7, '/bin/curl', 'tcp_connect', [sock('10.0.0.7', 4000, '10.0.0.8', 80)], 1);
  const server = kprobe(9, '/bin/httpd', 'inet_csk_accept', [sock('10.0.0.8', 80, '10.0.0.7', 4000)], 2);
  const leak = kprobe(
    9,
    '/bin/httpd',
    'security_file_permission',
    [{ file_arg: { path: '/etc/shadow' } }, { int_arg: 4 }],
    3,
  );
  const told = story([client, { ...server, node_name: 'm' }, { ...leak, node_name: 'm' }]);
  expect(told.filter((line) => line.includes('4000'))).toEqual([
    'curl -connect-> 10.0.0.7:4000 → 10.0.0.8:80',
    expect.stringMatching(/^10\.0\.0\.7:4000 → 10\.0\.0\.8:80 -accept-> /),
  ]);
  expect(told.some((line) => line.startsWith('/etc/shadow -read-> '))).toBe(true);
});

test('a file is followed under its new name, and a failed call is evidence', () => {
  const rename = [{ string_arg: 'a' }, { string_arg: 'b' }];
  const denied = kprobe(
    7,
    '/bin/mv',
    'security_file_permission',
    [{ file_arg: { path: '/etc/shadow' } }, { int_arg: 4 }],
    2,
  );
  const told = story([
    kprobe(7, '/bin/mv', '__x64_sys_rename', rename, 1),
    { ...denied, process_kprobe: { ...denied.process_kprobe, return: { int_arg: -13 } } },
  ]);
  expect(told).toEqual(['/srv/a -rename-> mv', 'mv -rename-> /srv/b', '/etc/shadow -read!EACCES-> mv']);
});

const tracee = (eventName: string, returnValue: number, args: object, at: number, pid = 7) => ({
  timestamp: 1795766400100 + at,
  hostProcessId: pid,
  hostThreadId: pid,
  hostParentProcessId: 1,
  processName: `p${pid}`,
  eventName,
  returnValue,
  args,
});

test('Tracee: descriptors are followed as audit’s are, and children are told from threads', () => {
  const told = story([
    tracee('openat', 3, { dirfd: -100, pathname: '/etc/passwd', flags: 'O_RDONLY' }, 1),
    tracee('read', 100, { fd: 3 }, 2),
    tracee(
      'security_socket_connect',
      0,
      { sockfd: 4, remote_addr: { sa_family: 'AF_INET', sin_addr: '10.0.0.9', sin_port: '25' } },
      3,
    ),
    tracee('write', 100, { fd: 4 }, 4),
    tracee('sched_process_fork', 0, { parent_pid: 7, child_pid: 7, child_tid: 8 }, 5),
    tracee('sched_process_fork', 0, { parent_pid: 7, child_pid: 9, child_tid: 9 }, 6),
    { ...tracee('write', 10, { fd: 4 }, 7, 9), hostParentProcessId: 7 },
  ]);
  expect(told).toEqual([
    '/etc/passwd -openat-> p7',
    '/etc/passwd -read-> p7',
    'p7 -connect-> → 10.0.0.9:25',
    'p7 -write-> → 10.0.0.9:25',
    'p7 -fork-> p9',
    'p9 -write-> → 10.0.0.9:25',
  ]);
});

test('Falco: a number that is used again is another process, by when it began', () => {
  const alert = (began: number, path: string, second: number) => ({
    rule: 'r',
    time: `2026-11-27T08:00:0${second}.0Z`,
    output_fields: {
      'evt.type': 'open',
      'evt.is_open_read': true,
      'fd.name': path,
      'proc.pid': 7,
      'proc.name': `at${began}`,
      'proc.pid.ts': began,
    },
  });
  expect(story([alert(1, '/a', 1), alert(1, '/b', 2), alert(2, '/c', 3)])).toEqual([
    '/a -open-> at1',
    '/b -open-> at1',
    '/c -open-> at2',
  ]);
});
