import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FoldedGraph, foldInto, isConnection } from '../../../test/fixture/folded-graph.ts';
import { readRecords } from '../../../test/fixture/read-records.ts';
import { object, onFile, onTcp, RecordScript } from '../../../test/fixture/record-script.ts';
import { writeNote } from '../record/note.ts';
import { recordFlag, recordKind } from '../record/record-kind.ts';
import type { FoldInput } from './fold.ts';
import type { RunningProgram } from './running-programs.ts';

function inputs(script: RecordScript): FoldInput[] {
  return readRecords(script.bytes).items.map((item, i) => ({ stream: 'h1/ebpf', position: BigInt(i), item }));
}

/** The same graph for a cut before every input, and for the input given twice. */
function fold(script: RecordScript): FoldedGraph {
  const given = inputs(script);
  const graph = foldInto(new FoldedGraph(), given);
  const cut = foldInto(new FoldedGraph(), given, [...given.keys()].slice(1));
  expect(cut.canonical()).toEqual(graph.canonical());
  expect(foldInto(cut, given).canonical()).toEqual(graph.canonical());
  return graph;
}

const pipe = (inode: number) => ({ object: { inode, device: 14, mode: 0o010600 } });
const unixSocket = (inode: number, peerInode: number) => ({
  object: { inode, device: 9, mode: 0o140777 },
  socket: { type: 1, peerInode },
});

test('a descriptor that was opened before the capture means the file that the kernel says', () => {
  const s = new RecordScript().call(10, 'read', { args: [7], result: 5, ...onFile('/etc/shadow') });
  expect(fold(s).story()).toEqual(['/etc/shadow -read-> p10']);
});

test('what is sent to a name comes to who had it before the capture', () => {
  const mailbox = (inode: number) => ({ object: { inode, device: 9, mode: 0o140777 }, socket: { type: 2 } });
  const s = new RecordScript()
    .add(recordKind.descriptor, 10, { args: [3], ...mailbox(50), texts: { path2: '/dev/log' } })
    .call(11, 'socket', { args: [1, 2], result: 4, ...mailbox(51) })
    .call(11, 'sendto', { args: [4], result: 5, ...mailbox(51), texts: { path2: '/dev/log' } })
    .call(10, 'recvfrom', { args: [3], result: 5, ...mailbox(50) });
  expect(fold(s).story()).toEqual(['p11 -sendto-> /dev/log', '/dev/log -recvfrom-> p10']);
});

test('a descriptor whose closing was lost means what it means now', () => {
  const s = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 0], result: 3, ...onFile('/old') })
    .lose(2)
    .call(10, 'read', { args: [3], result: 5, ...onFile('/new') });
  const graph = fold(s);
  expect(graph.story()).toEqual(['/old -openat-> p10', '/new -read-> p10']);
  s.counters(0, 2);
  expect(fold(s).gaps).toEqual(['2 records lost in the kernel']);
});

test('a child is the one that the kernel named, whatever its parent’s namespace calls it', () => {
  const s = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 0], result: 3, ...onFile('/in') })
    .fork(10, 11, { u32: { child_namespace_tgid: 2 } })
    .fork(10, 12, { u32: { child_namespace_tgid: 3 } })
    .call(10, 'clone', { result: 2 })
    .exec(12, '/bin/tool', ['tool', '-x'], { namespacePid: 3, u32: { ppid: 10 } })
    .call(12, 'read', { args: [3], result: 5, namespacePid: 3, u32: { ppid: 10 }, ...onFile('/in') });
  const graph = fold(s);
  expect(graph.story()).toEqual([
    '/in -openat-> p10',
    'p10 -fork-> p10',
    'p10 -fork-> tool -x',
    '/bin/tool -execve-> tool -x',
    '/in -read-> tool -x',
  ]);
  const numbers = [...graph.vertices.values()]
    .filter((v) => v.kind === 'process')
    .map((v) => v.properties.namespacePid);
  expect(numbers).toEqual([undefined, 2, 3]);
});

test('a number that is used again is another process, though nothing said that the first had ended', () => {
  const s = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 0], result: 3, ...onFile('/secret') })
    .call(10, 'read', { args: [3], result: 1, u64: { start_ns: 99_000_000_000n }, ...onFile('/other') });
  const graph = fold(s);
  expect(graph.story()).toEqual(['/secret -openat-> p10', '/other -read-> p10']);
  expect([...graph.vertices.values()].filter((v) => v.kind === 'process')).toHaveLength(2);
});

test('both ends of a connection are one vertex by their addresses, on two hosts, in either order', () => {
  const client = new RecordScript()
    .call(10, 'connect', { args: [3], result: -115, ...onTcp(50, '10.0.0.1:4000', '10.0.0.2:80') })
    .call(10, 'write', { args: [3], result: 4, ...onTcp(50, '10.0.0.1:4000', '10.0.0.2:80') });
  const server = new RecordScript()
    .call(20, 'accept4', { args: [4], result: 5, ...onTcp(60, '10.0.0.2:80', '10.0.0.1:4000') })
    .call(20, 'read', { args: [5], result: 4, ...onTcp(60, '10.0.0.2:80', '10.0.0.1:4000') });
  const onHost = (script: RecordScript, host: string): FoldInput[] =>
    inputs(script).map((input) => ({ ...input, stream: host, item: { ...input.item, host } }));
  for (const order of [
    [client, server],
    [server, client],
  ] as const) {
    const given = order.flatMap((script) => onHost(script, script === client ? 'h1' : 'h2'));
    const graph = foldInto(new FoldedGraph(), given);
    const sockets = [...graph.vertices.values()].filter(({ kind }) => kind === 'socket');
    expect(sockets.map((v) => [v.id, v.label])).toEqual([
      ['socket:tcp/10.0.0.1:4000~10.0.0.2:80', '10.0.0.1:4000 → 10.0.0.2:80'],
      ['socket:tcp/10.0.0.1:4000~10.0.0.2:80/answers', '10.0.0.1:4000 ← 10.0.0.2:80'],
    ]);
    expect(sockets[1]!.terms).toEqual(sockets[0]!.terms);
    expect(graph.story().join('\n')).toMatch(/p10 -write-> 10\.0\.0\.1:4000 → 10\.0\.0\.2:80/);
    expect(graph.story().join('\n')).toMatch(/10\.0\.0\.1:4000 → 10\.0\.0\.2:80 -read-> p20 unit 1/);
  }
});

test('a server’s address that is translated in between: the ends are joined by the client’s, in either order', () => {
  const asked = onTcp(50, '10.0.0.1:40000', '192.0.2.7:80');
  const served = onTcp(60, '172.17.0.2:8080', '10.0.0.1:40000');
  const connect = (s: RecordScript) => s.call(10, 'connect', { args: [3], result: 0, ...asked });
  const accept = (s: RecordScript) => s.call(20, 'accept4', { args: [4], result: 5, ...served });
  for (const begin of [
    [connect, accept],
    [accept, connect],
  ] as const) {
    const s = begin.reduce((script, add) => add(script), new RecordScript());
    s.call(10, 'write', { args: [3], result: 4, ...asked }).call(20, 'read', {
      args: [5],
      result: 4,
      ...served,
    });
    const sockets = [...fold(s).vertices.values()].filter(isConnection);
    expect(sockets.map(({ properties }) => properties)).toMatchObject([
      { role: 'both', translated: expect.any(String) },
    ]);
    expect(sockets[0]!.terms).toEqual(expect.arrayContaining(['addr:192.0.2.7:80', 'addr:172.17.0.2:8080']));
    const told = fold(s)
      .story()
      .filter((line) => /write|read/.test(line));
    expect(told).toEqual([
      expect.stringMatching(/^p10 -write-> 10\.0\.0\.1:40000 → /),
      expect.stringMatching(/^10\.0\.0\.1:40000 → .* -read-> p20/),
    ]);
  }
});

test.each([
  ['of another client', '10.0.0.1:40001', 0],
  ['much later', '10.0.0.1:40000', 5_000],
])('an accept %s is no end of a connection to another server', (_, client, wait_ms) => {
  const s = new RecordScript()
    .call(10, 'connect', { args: [3], result: 0, ...onTcp(50, '10.0.0.1:40000', '192.0.2.7:80') })
    .wait(wait_ms)
    .call(20, 'accept4', { args: [4], result: 5, ...onTcp(60, '172.17.0.2:8080', client) });
  expect([...fold(s).vertices.values()].filter(isConnection)).toHaveLength(2);
});

test('the same pair of ends later is another connection', () => {
  const ends = onTcp(50, '10.0.0.1:4000', '10.0.0.2:80');
  const s = new RecordScript()
    .call(10, 'connect', { args: [3], result: 0, ...ends })
    .call(10, 'close', { args: [3] })
    .wait(120_000)
    .call(10, 'connect', { args: [3], result: 0, ...ends, object: { ...ends.object!, inode: 51 } });
  const sockets = [...fold(s).vertices.values()].filter(isConnection).map((v) => v.id);
  expect(sockets).toEqual(['socket:tcp/10.0.0.1:4000~10.0.0.2:80', 'socket:tcp/10.0.0.1:4000~10.0.0.2:80+1']);
});

test('connections and pipes that were there before the capture join by what the kernel says of both ends', () => {
  const s = new RecordScript()
    .call(10, 'write', { args: [3], result: 4, ...onTcp(50, '127.0.0.1:4000', '127.0.0.1:80') })
    .call(20, 'read', { args: [5], result: 4, ...onTcp(60, '127.0.0.1:80', '127.0.0.1:4000') })
    .call(20, 'write', { args: [6], result: 4, ...pipe(70) })
    .call(30, 'read', { args: [0], result: 4, ...pipe(70) })
    .call(30, 'write', { args: [8], result: 4, ...unixSocket(81, 80) })
    .call(40, 'read', { args: [9], result: 4, ...unixSocket(80, 81) });
  expect(fold(s).story()).toEqual([
    'p10 -write-> 127.0.0.1:4000 → 127.0.0.1:80',
    '127.0.0.1:4000 → 127.0.0.1:80 -read-> p20',
    'p20 -write-> pipe of p30',
    'pipe of p30 -read-> p30',
    'p30 -write-> unix socket of p40',
    'unix socket of p40 -read-> p40',
  ]);
});

test('an answer goes to who asked, and is no cause of the next request', () => {
  const server = onTcp(60, '10.0.0.2:80', '10.0.0.1:4000');
  const client = onTcp(50, '10.0.0.1:4000', '10.0.0.2:80');
  const s = new RecordScript()
    .call(10, 'connect', { args: [3], ...client })
    .call(20, 'accept4', { args: [4], result: 5, ...server });
  for (let request = 0; request < 2; request++) {
    s.call(10, 'write', { args: [3], result: 4, ...client })
      .call(20, 'read', { args: [5], result: 4, ...server })
      .call(20, 'write', { args: [5], result: 4, ...server })
      .call(10, 'read', { args: [3], result: 4, ...client });
  }
  const edges = [...fold(s).edges.values()];
  const into = (id: string) => edges.filter(({ to }) => to === id).map(({ from }) => from);
  const asked = edges.find(({ op, to }) => op === 'read' && to.startsWith('unit:'))!.from;
  const answered = edges.find(({ op, to }) => op === 'read' && to.startsWith('process:'))!.from;
  expect(new Set(into(asked).map((id) => id.split('/')[1]))).toEqual(new Set(['10@boot-1.10000000']));
  expect(new Set(into(answered))).toEqual(
    new Set(['unit:h1/20@boot-1.20000000#1', 'unit:h1/20@boot-1.20000000#2']),
  );
});

test('a unix connection is one from connect over accept to both ends’ use', () => {
  const named = (fields: object) => ({ ...fields, texts: { path2: '/run/app.sock' } });
  const s = new RecordScript()
    .call(10, 'connect', { args: [3], ...named(unixSocket(81, 0)) })
    .call(10, 'write', { args: [3], result: 4, ...unixSocket(81, 0) })
    .call(20, 'accept4', { args: [4], result: 5, ...named(unixSocket(90, 81)) })
    .call(20, 'read', { args: [5], result: 4, ...unixSocket(90, 81) });
  const graph = fold(s);
  const sockets = [...graph.vertices.values()].filter(({ kind }) => kind === 'socket');
  expect(sockets.map((v) => v.label)).toEqual(['/run/app.sock', 'answers on /run/app.sock']);
});

test('a log line is printed by the very write that carries it, in the unit that it was served in', () => {
  const s = new RecordScript()
    .call(20, 'accept4', { args: [4], result: 5, ...onTcp(60, '10.0.0.2:80', '10.0.0.1:4000') })
    .log(20, 'served 1\n', { args: [2], flags: recordFlag.containerStdio, ...pipe(70) });
  const graph = fold(s);
  expect([...graph.uses.keys()]).toEqual([expect.stringMatching(/^template:p20\|served <num>\|unit:.*\|1$/)]);
  expect(graph.story()).toContain('p20 unit 1 -log-> served <num>');
});

test('a container is known by its cgroup, whether its sample comes before or after, and so is what runs in it', () => {
  const sample = {
    time: '2023-11-14T22:13:20Z',
    container: 'web',
    image: 'nginx:1',
    labels: { function: 'echo' },
    initPid: 10,
    cgroups: [77],
  };
  const s = new RecordScript()
    .call(10, 'read', { args: [3], result: 1, cgroup: 77, ...onFile('/before') })
    .fromUserSpace(recordKind.container, { texts: { payload: JSON.stringify(sample) } })
    .fork(10, 11, { cgroup: 77 })
    .call(30, 'read', { args: [3], result: 1, cgroup: 77, ...onFile('/after') })
    .call(40, 'read', { args: [3], result: 1, cgroup: 5, u32: { ppid: 30 }, ...onFile('/outside') });
  const processes = [...fold(s).vertices.values()].filter((v) => v.kind === 'process');
  expect(processes.map((v) => [v.properties.pid, v.container, v.properties['container.function']])).toEqual([
    [10, 'web', 'echo'],
    [11, 'web', 'echo'],
    [30, 'web', 'echo'],
    [40, undefined, undefined],
  ]);
});

test('what ran before the capture is there with its image, its parent and its descriptors', () => {
  const s = new RecordScript();
  const before = { u32: { ppid: 1 }, u64: { start_ns: 10_000_000n } };
  s.add(recordKind.process, 10, {
    ...before,
    texts: { exe: '/usr/sbin/nginx', argv: 'nginx\0-g\0daemon off;\0' },
  })
    .add(recordKind.descriptor, 10, { ...before, args: [6], ...onFile('/var/log/access.log') })
    .call(10, 'write', { args: [6], result: 3 });
  expect(fold(s).story()).toEqual(['nginx -g daemon off; -write-> /var/log/access.log']);
});

test('a profile is asked for by the build that an agent read, also for a worker, and until another image runs', () => {
  const note = (pid: number, path: string, buildId: string) => ({
    texts: { payload: writeNote({ note: 'image', pid, path, buildId }) },
  });
  const line = 'request 1 was answered\n';
  const s = new RecordScript()
    .exec(10, '/usr/sbin/nginx', ['nginx', '-g'])
    .fromUserSpace(recordKind.note, note(10, '/usr/sbin/nginx', 'aa'))
    .log(10, line, { args: [2], ...onFile('/e.log'), texts: { exe: '/usr/sbin/nginx' } })
    .fork(10, 11)
    .log(11, line, { args: [2], ...onFile('/e.log'), texts: { exe: '/usr/sbin/nginx' } })
    .exec(11, '/usr/bin/python3', ['python3', '/srv/job.py'])
    .log(11, line, { args: [2], ...onFile('/e.log'), texts: { exe: '/usr/bin/python3' } });
  const asked: RunningProgram[] = [];
  foldInto(new FoldedGraph(), inputs(s), [2, 4], (program) => {
    asked.push(program);
    return undefined;
  });
  const nginx = { exe: '/usr/sbin/nginx', argv: ['nginx', '-g'], buildId: 'aa' };
  const python = { exe: '/usr/bin/python3', argv: ['python3', '/srv/job.py'], buildId: undefined };
  expect(asked).toMatchObject([nginx, nginx, python]);
});

test('a signal goes to the process that the number means to its sender', () => {
  const inside = { namespacePid: 1, u32: { pid_namespace: 5 } };
  const s = new RecordScript()
    .call(30, 'read', { args: [3], result: 1, ...onFile('/a'), namespacePid: 7, u32: { pid_namespace: 5 } })
    .call(7, 'read', { args: [3], result: 1, ...onFile('/b') })
    .call(10, 'kill', { args: [7, 9], ...inside });
  expect(fold(s).story()).toContain('p10 -kill-> p30');
});

test('another boot ends every process, a process with an io_uring is marked, and a script is named', () => {
  const s = new RecordScript()
    .call(10, 'io_uring_setup', { result: 9, flags: recordFlag.ioUring })
    .exec(10, '/bin/sh', ['sh', '/x.sh'], { object2: object('/x.sh'), texts: { path2: '/x.sh' } });
  const graph = fold(s);
  const process = [...graph.vertices.values()].find((v) => v.kind === 'process')!;
  expect(process.properties).toMatchObject({ image: '/x.sh', ioUring: expect.stringContaining('not seen') });
  const again = inputs(s).map((input) => ({
    ...input,
    position: input.position + 100n,
    item: {
      ...input.item,
      time: s.time,
      kernel: { ...(input.item as { kernel: object }).kernel, bootId: 'boot-2' },
    },
  })) as FoldInput[];
  const both = foldInto(new FoldedGraph(), [...inputs(s), ...again]);
  expect([...both.vertices.values()].filter((v) => v.kind === 'process')).toHaveLength(2);
});

test('a script whose inode the kernel did not say is executed as its interpreter opens it, once', () => {
  const script = onFile('/srv/x.sh');
  const open = (path: string, fd: number) => ({ args: [-100, 0, 0], result: fd, ...onFile(path) });
  const s = new RecordScript()
    .fork(10, 11)
    .exec(11, '/bin/bash', ['/bin/bash', '/srv/x.sh'], { texts: { path2: '/srv/x.sh' } })
    .call(11, 'openat', open('/etc/passwd', 3))
    .call(11, 'openat', { args: [-100, 0, 0], result: 4, ...script })
    .call(11, 'openat', { args: [-100, 0, 0], result: 5, ...script })
    .fork(10, 12)
    .exec(12, '/bin/cat', ['cat', '/srv/x.sh'])
    .call(12, 'openat', { args: [-100, 0, 0], result: 3, ...script });
  const graph = fold(s);
  expect(graph.story().filter((line) => line.includes('x.sh -'))).toEqual([
    '/srv/x.sh -execve-> /bin/bash /srv/x.sh',
    '/srv/x.sh -openat(2)-> /bin/bash /srv/x.sh',
    '/srv/x.sh -openat-> cat /srv/x.sh',
  ]);
  const executed = [...graph.edges.values()].filter((e) => e.op === 'execve' && e.from.includes('file'));
  expect(executed.map(({ count }) => count)).toEqual([1, 1, 1]);
});

const step = fc.record({
  what: fc.constantFrom(
    'open',
    'read',
    'write',
    'fork',
    'exec',
    'exit',
    'connect',
    'accept',
    'receive',
    'answer',
    'wake',
    'log',
    'pipe',
    'kill',
    'lose',
  ),
  pid: fc.integer({ min: 10, max: 13 }),
  fd: fc.integer({ min: 0, max: 4 }),
  n: fc.integer({ min: 0, max: 3 }),
});

test('any life of a host gives the same graph for any batches and any restart of the reader', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const s = new RecordScript();
      for (const { what, pid, fd, n } of steps) {
        const ends = onTcp(50 + n, `10.0.0.1:${4000 + n}`, '10.0.0.2:80');
        const u32 = { tid: pid + 100 * (fd % 3) };
        if (what === 'open') s.call(pid, 'openat', { args: [-100, 0, n], result: fd, ...onFile(`/f${n}`) });
        else if (what === 'read' || what === 'write')
          s.call(pid, what, { args: [fd], result: 9, ...onFile(`/f${n}`) });
        else if (what === 'fork') s.fork(10, pid + 1);
        else if (what === 'exec') s.exec(pid, `/f${n}`, ['x']);
        else if (what === 'exit') s.exit(pid);
        else if (what === 'connect' || what === 'accept') {
          s.call(pid, what === 'accept' ? 'accept4' : what, { args: [fd], result: fd, ...ends, u32 });
        } else if (what === 'receive' || what === 'answer') {
          s.call(pid, what === 'receive' ? 'read' : 'write', { args: [fd], result: 9, ...ends, u32 });
        } else if (what === 'wake') {
          const counter = { object: { inode: 7, device: 9, mode: 0 } };
          s.call(pid, n < 2 ? 'read' : 'write', { args: [9], result: 8, ...counter, u32 });
        } else if (what === 'log')
          s.log(pid, n === 0 ? 'half ' : `line *${n} of it\n`, { args: [fd], ...pipe(n), u32 });
        else if (what === 'pipe') s.call(pid, 'read', { args: [fd], result: 1, ...pipe(n) });
        else if (what === 'kill') s.call(pid, 'kill', { args: [10 + n, 9] });
        else s.lose(n).counters(0, 0);
      }
      const graph = fold(s);
      for (const e of graph.edges.values()) {
        expect(graph.vertices.has(e.from) && graph.vertices.has(e.to) && e.first <= e.last).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('a line that a logging daemon writes is of who it names, and its write is the daemon’s', () => {
  const s = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 0], result: 3, ...onFile('/in') })
    .log(30, 'Nov 27 05:23:43 node1 app[10]: did 7 things\n', onFile('/var/log/syslog'))
    .log(30, 'Nov 27 05:23:44 node1 app[77]: did 8 things\n', onFile('/var/log/syslog'));
  expect(
    fold(s)
      .story()
      .filter((edge) => !edge.startsWith('/in')),
  ).toEqual([
    'p10 -log-> did <num> things',
    'p30 -write(2)-> /var/log/syslog',
    'p30 -log-> did <num> things',
  ]);
});

test('names without inodes mean the files that they meant: moved, replaced, removed', () => {
  const opened = (path: string, fd: number) => ({ args: [-100, 0, 1], result: fd, ...onFile(path) });
  const s = new RecordScript()
    .call(10, 'openat', opened('/a', 3))
    .call(10, 'openat', opened('/b', 4))
    .call(10, 'rename', { texts: { path: '/a', path2: '/b' } })
    .call(11, 'openat', { ...opened('/b', 3), object: object('/a'), args: [-100, 0, 0] })
    .call(11, 'unlink', { texts: { path: '/b' } });
  const graph = fold(s);
  const files = [...graph.vertices.values()].filter((v) => v.kind === 'file');
  expect(files.map((v) => [...v.terms].filter((t) => t.startsWith('path:')))).toEqual([
    ['path:/a', 'path:/b'],
    ['path:/b'],
  ]);
  expect(graph.story()).toEqual([
    'p10 -openat-> /b',
    'p10 -openat-> /b',
    'p10 -rename-> /b',
    'p10 -rename-> /b',
    '/b -openat-> p11',
    'p11 -unlink-> /b',
  ]);
});

test('a write that finds no room is the doing of who filled the file system', () => {
  const s = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 1], result: 3, ...onFile('/data/large') })
    .call(10, 'write', { args: [3], result: 4096, ...onFile('/data/large') })
    .call(11, 'openat', { args: [-100, 0, 1], result: 3, ...onFile('/data/small') })
    .call(11, 'write', { args: [3], result: 16, ...onFile('/data/small') })
    .call(12, 'openat', { args: [-100, 0, 1], result: 3, ...onFile('/data/lost') })
    .call(12, 'write', { args: [3], result: -28, ...onFile('/data/lost') });
  expect(
    fold(s)
      .story()
      .filter((edge) => /fill|ENOSPC/.test(edge)),
  ).toEqual([
    '/data/lost -write!ENOSPC-> p12',
    'p10 -fill-> the room on the file system of /data/lost',
    'the room on the file system of /data/lost -write!ENOSPC-> p12',
  ]);
});

test('what a process tells itself through a pipe of its own carries nothing; what its child tells it there does', () => {
  const closeOnExec = 0o2000000;
  const read = (flags: number, talk: (s: RecordScript) => RecordScript): string[] => {
    const begun = new RecordScript()
      .call(10, 'pipe2', { args: [0, flags], fds: [3, 4], ...pipe(70), object2: pipe(70).object })
      .call(10, 'write', { args: [4], result: 1, ...pipe(70), u32: { tid: 12 } });
    const s = talk(begun).call(10, 'read', { args: [3], result: 1, ...pipe(70) });
    return fold(s)
      .story()
      .filter((edge) => edge.includes('-read->'));
  };
  expect(read(closeOnExec, (s) => s)).toEqual([]);
  const child = (s: RecordScript) => s.fork(10, 11).call(11, 'write', { args: [4], result: 1, ...pipe(70) });
  expect(read(closeOnExec, child)).toEqual(['pipe of p10 -read-> p10']);
  // A program that the process executes may have it, too.
  expect(read(0, (s) => s)).toEqual(['pipe of p10 -read-> p10']);
});
