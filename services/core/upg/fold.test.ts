import { expect, test } from 'vitest';
import { EventScript, open, pathItem, peer, writeOnly } from '../../../test/fixture/event-script.ts';
import { FoldedGraph, foldInto, isConnection } from '../../../test/fixture/folded-graph.ts';

function story(script: EventScript): string[] {
  return foldInto(new FoldedGraph(), script.inputs).story();
}

test('reading and writing are edges in the direction information flows', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/in', 3))
    .call(10, 'read', { args: [3], exit: 100 })
    .call(10, 'openat', open('/out', 4, writeOnly))
    .call(10, 'write', { args: [4], exit: 100 });
  expect(story(s)).toEqual([
    '/in -openat-> p10',
    '/in -read-> p10',
    'p10 -openat-> /out',
    'p10 -write-> /out',
  ]);
});

test('a duplicated descriptor means the same file, a closed one nothing', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/a', 3))
    .call(10, 'dup2', { args: [3, 9], exit: 9 })
    .call(10, 'close', { args: [3] })
    .call(10, 'read', { args: [9], exit: 1 })
    .call(10, 'read', { args: [3], exit: 1 });
  expect(story(s)).toEqual([
    '/a -openat-> p10',
    '/a -read-> p10',
    'descriptor 3 of p10, opened before the capture -read-> p10',
  ]);
});

test('fork inherits descriptors as they were at the fork, exec drops those that close on exec', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/kept', 3))
    .call(10, 'openat', open('/dropped', 4, 0o2000000))
    .call(10, 'clone', { exit: 11 })
    .call(10, 'close', { args: [3] })
    .call(11, 'execve', { ppid: 10, argv: ['tool', 'x'], paths: [pathItem('/bin/tool')] })
    .call(11, 'read', { ppid: 10, args: [3], exit: 5 })
    .call(11, 'read', { ppid: 10, args: [4], exit: 5 });
  expect(story(s).slice(2)).toEqual([
    'p10 -fork-> tool x',
    '/bin/tool -execve-> tool x',
    '/kept -read-> tool x',
    'descriptor 4 of p11, opened before the capture -read-> tool x',
  ]);
});

test('a child is called as its parent until it executes an image of its own', () => {
  const s = new EventScript()
    .call(10, 'execve', { exe: '/bin/server', argv: ['server', '-f'], paths: [pathItem('/bin/server')] })
    .call(10, 'clone', { exe: '/bin/server', exit: 11 })
    .call(11, 'openat', { ...open('/in', 3), ppid: 10, exe: '/bin/server' })
    .call(10, 'clone', { exe: '/bin/server', exit: 12 })
    .call(12, 'openat', { ...open('/in', 3), ppid: 10, exe: '/bin/tool' });
  expect(story(s)).toEqual([
    '/bin/server -execve-> server -f',
    'server -f -fork-> server -f',
    '/in -openat-> server -f',
    'server -f -fork-> tool',
    '/in -openat-> tool',
  ]);
});

test.each([
  ['sendto', [{ call: 'sendto', address: true }]],
  [
    'connect and send',
    [
      { call: 'connect', address: true },
      { call: 'send', address: false },
    ],
  ],
])('a datagram comes to the owner of the name that it was sent to: %s', (_, calls) => {
  const address = { family: 'unix' as const, path: '/dev/log' };
  const s = new EventScript()
    .call(10, 'socket', { args: [1, 2], exit: 3 })
    .call(10, 'bind', { args: [3], address })
    .call(11, 'socket', { args: [1, 2], exit: 4 });
  for (const { call, address: named } of calls)
    s.call(11, call, { args: [4], exit: 5, ...(named ? { address } : {}) });
  s.call(10, 'recvfrom', { args: [3], exit: 5, address: { family: 'unix', path: '/run/sender' } });
  expect(story(s).at(-2)).toMatch(/^p11 -send(to)?-> \/dev\/log$/);
  expect(story(s).at(-1)).toBe('/dev/log -recvfrom-> p10');
});

test('clone with CLONE_FILES shares one table', () => {
  const s = new EventScript()
    .call(10, 'clone', { args: [0x400], exit: 11 })
    .call(11, 'openat', { ...open('/shared', 3), ppid: 10 })
    .call(10, 'read', { args: [3], exit: 5 });
  expect(story(s)).toContain('/shared -read-> p10');
});

test('a child seen before its parent reports the fork is one process, and learns its namespace pid', () => {
  const s = new EventScript()
    .call(10, 'read', { args: [0], exit: 1 })
    .call(11, 'execve', { ppid: 10, argv: ['sh'], paths: [pathItem('/bin/sh')] })
    .call(10, 'vfork', { exit: 7 })
    .call(11, 'read', { ppid: 10, args: [0], exit: 1 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const processes = [...graph.vertices.values()].filter((v) => v.kind === 'process');
  expect(processes.map((v) => v.label)).toEqual(['p10', 'sh']);
});

test('a pid that is used again is another process', () => {
  const s = new EventScript()
    .call(11, 'openat', open('/secret', 3))
    .call(11, 'exit_group')
    .call(11, 'openat', { ...open('/out', 3, writeOnly), ppid: 12 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  expect([...graph.vertices.values()].filter((v) => v.kind === 'process')).toHaveLength(2);
});

test('rename follows the file; a deleted inode comes back as another file', () => {
  const rename = [pathItem('/a', 77, 'DELETE'), pathItem('/b', 77, 'CREATE')];
  const s = new EventScript()
    .call(10, 'openat', open('/a', 3, writeOnly, 77))
    .call(10, 'rename', { paths: rename })
    .call(11, 'openat', { ...open('/b', 3, 0, 77), ppid: 2 })
    .call(11, 'unlink', { ppid: 2, paths: [pathItem('/b', 77, 'DELETE')] })
    .call(12, 'openat', { ...open('/c', 3, writeOnly, 77), ppid: 2 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const files = [...graph.vertices.values()].filter((v) => v.kind === 'file');
  expect(files.map((f) => [f.label, f.terms.filter((t) => t.startsWith('path:'))])).toEqual([
    ['/b', ['path:/a', 'path:/b']],
    ['/c', ['path:/c']],
  ]);
});

test('a pipe is one vertex between its ends', () => {
  const s = new EventScript()
    .call(10, 'pipe2', { fdPair: [3, 4] })
    .call(10, 'clone', { exit: 11 })
    .call(10, 'write', { args: [4], exit: 5 })
    .call(11, 'read', { ppid: 10, args: [3], exit: 5, comm: 'p10', exe: '/bin/p10' });
  const lines = story(s);
  expect(lines).toContain('p10 -write-> pipe of p10');
  expect(lines).toContain('pipe of p10 -read-> p10 unit 1');
});

test('connect and accept at one port share a connection, whichever is seen first', () => {
  const server = (s: EventScript): EventScript =>
    s.call(20, 'socket', { args: [2, 1], exit: 3 }).call(20, 'bind', { args: [3], ...peer('0.0.0.0', 9000) });
  const client = (s: EventScript): EventScript =>
    s
      .call(10, 'socket', { args: [2, 1], exit: 5 })
      .call(10, 'connect', { args: [5], exit: -115, ...peer('10.0.0.2', 9000) });
  const accept = (s: EventScript): EventScript =>
    s.call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 40_000) });
  const shared = [
    'p10 -connect-> 10.0.0.1:40000 → 10.0.0.2:9000',
    '10.0.0.1:40000 → 10.0.0.2:9000 -accept4-> p20 unit 1',
  ];
  for (const s of [accept(client(server(new EventScript()))), client(accept(server(new EventScript())))]) {
    const lines = story(s);
    for (const line of shared) expect(lines).toContain(line);
  }
});

test('what a connection encloses is its unit, told apart by descriptor where several are open', () => {
  const s = new EventScript()
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) })
    .call(20, 'accept4', { args: [3], exit: 5, ...peer('10.0.0.1', 1002) })
    .call(20, 'read', { args: [4], exit: 9 })
    .call(20, 'openat', open('/first', 6))
    .call(20, 'read', { args: [5], exit: 9 })
    .call(20, 'openat', open('/second', 7))
    .call(20, 'close', { args: [5] })
    .call(20, 'close', { args: [4] });
  const lines = story(s);
  expect(lines).toContain('/first -openat-> p20 unit 1');
  expect(lines).toContain('/second -openat-> p20 unit 2');
});

test('a child forked in a unit comes from the unit', () => {
  const s = new EventScript()
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) })
    .call(20, 'clone', { exit: 21 })
    .call(20, 'close', { args: [4] })
    .call(21, 'execve', { ppid: 20, argv: ['sh', 'x.sh'], paths: [pathItem('/x.sh')] });
  expect(story(s)).toContain('p20 unit 1 -fork-> sh x.sh');
});

test('a child that runs before its parent reports the vfork comes from the unit that the parent is at', () => {
  const s = new EventScript()
    .call(20, 'accept4', { args: [3], exit: 4, ...peer('10.0.0.1', 1001) })
    .call(21, 'execve', { ppid: 20, argv: ['sh', 'x.sh'], paths: [pathItem('/x.sh')] })
    .call(20, 'clone3', { exit: 51 });
  expect(story(s)).toContain('p20 unit 1 -fork-> sh x.sh');
});

test('repeated reads are one edge until the file learns something new', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/f', 3))
    .call(10, 'read', { args: [3], exit: 5 })
    .call(10, 'read', { args: [3], exit: 5 })
    .call(11, 'openat', { ...open('/f', 3, writeOnly), ppid: 2 })
    .call(10, 'read', { args: [3], exit: 5 });
  expect(story(s).filter((line) => line.includes('read'))).toEqual(['/f -read(2)-> p10', '/f -read-> p10']);
});

test('a refused connection is evidence on both sides', () => {
  const s = new EventScript()
    .call(10, 'socket', { args: [2, 1], exit: 5 })
    .call(10, 'connect', { args: [5], exit: -111, ...peer('10.0.0.2', 3306) });
  expect(story(s)).toEqual([
    'p10 -connect!ECONNREFUSED-> → 10.0.0.2:3306',
    '→ 10.0.0.2:3306 -connect!ECONNREFUSED-> p10',
  ]);
});

test('missing serials are a gap, and nothing is a gap at the beginning', () => {
  const s = new EventScript().call(10, 'close', { args: [9] });
  s.call(10, 'close', { args: [9], serial: 5 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  expect(graph.gaps).toEqual(['3 audit serial numbers missing before 5']);
});

test('neither a record that comes late nor a number of the daemon makes a gap', () => {
  const s = new EventScript().call(0, '', { serial: 7, type: 'DAEMON_START' });
  for (const serial of [100, 101, 102, 50, 103]) s.call(10, 'close', { args: [9], serial });
  expect(foldInto(new FoldedGraph(), s.inputs).gaps).toEqual([]);
});

test('a boot ends every process: its pids, its descriptors and its serials mean others afterwards', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/secret', 3))
    .call(10, 'connect', { args: [5], ...peer('192.0.2.1', 80) })
    .wait(30_000)
    .restart()
    .call(10, 'read', { args: [3], exit: 5 })
    .call(10, 'connect', { args: [5], ...peer('192.0.2.1', 80) });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const ofKind = (kind: string): number => [...graph.vertices.values()].filter((v) => v.kind === kind).length;
  expect(ofKind('process')).toBe(2);
  // Two connections, of two ways each.
  expect(ofKind('socket')).toBe(4);
  expect(graph.story()).not.toContain('/secret -read-> p10');
  expect(graph.gaps).toEqual([]);
});

test('a boot that is told twice, by its serials and by its own record, is one boot', () => {
  const boot = { type: 'SYSTEM_BOOT', ppid: 0 };
  const s = new EventScript()
    .call(10, 'openat', open('/before', 3))
    .call(11, 'openat', open('/other', 3))
    .wait(30_000)
    .restart()
    .call(1, 'openat', open('/etc/fstab', 3))
    .call(9, '', boot)
    .call(1, 'read', { args: [3], exit: 5 });
  expect(story(s)).toContain('/etc/fstab -read-> p1');
  // The next has serials that go on by chance: its record alone tells.
  s.wait(30_000)
    .call(9, '', boot)
    .call(1, 'read', { args: [3], exit: 5 });
  expect(story(s)).toContain('descriptor 3 of p1, opened before the capture -read-> p1');
});

test('serials that go round after 2^32 are neither a boot nor a gap', () => {
  const s = new EventScript()
    .restart(2 ** 32 - 1)
    .call(10, 'openat', open('/in', 3))
    .wait(5_000)
    .restart(0)
    .call(10, 'read', { args: [3], exit: 5 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  expect(graph.story()).toContain('/in -read-> p10');
  expect(graph.gaps).toEqual([]);
});

test('openat2 opens for what its record says', () => {
  const flags = (oflag: string) => ({
    others: [{ type: 'OPENAT2', text: `oflag=${oflag} mode=0600 resolve=0x8` }],
  });
  const s = new EventScript()
    .call(10, 'openat2', { ...open('/read', 3), ...flags('02000000') })
    .call(10, 'openat2', { ...open('/written', 4), ...flags('0101') })
    .call(10, 'execve', { argv: ['next'], paths: [pathItem('/bin/next')] })
    .call(10, 'read', { args: [3], exit: 1 })
    .call(10, 'write', { args: [4], exit: 1 });
  expect(story(s)).toEqual([
    '/read -openat2-> next',
    'next -openat2-> /written',
    '/bin/next -execve-> next',
    'descriptor 3 of p10, opened before the capture -read-> next',
    'next -write-> /written',
  ]);
});

test('a killed child, and its number used again under the same parent, are two processes', () => {
  const child = { ppid: 10 };
  const s = new EventScript()
    .call(10, 'clone', { exit: 11 })
    .call(11, 'openat', { ...open('/secret', 3), ...child })
    .call(10, 'clone', { exit: 11 })
    .call(11, 'read', { args: [3], exit: 5, ...child });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const children = [...graph.vertices.values()].filter((v) => v.kind === 'process' && v.label === 'p11');
  expect(children).toHaveLength(2);
  expect(graph.story()).not.toContain('/secret -read-> p11');
});

test('each way to duplicate leads to the same object, one opened before the capture too', () => {
  const s = new EventScript()
    .call(10, 'fcntl', { args: [7, 0], exit: 50 })
    .call(10, 'read', { args: [50], exit: 1 })
    .call(10, 'read', { args: [7], exit: 1 });
  expect(story(s)).toEqual(['descriptor 7 of p10, opened before the capture -read(2)-> p10']);
});

test('tee takes from one pipe to another', () => {
  const s = new EventScript()
    .call(10, 'pipe2', { fdPair: [3, 4] })
    .call(10, 'pipe2', { fdPair: [5, 6] })
    .call(10, 'tee', { args: [3, 6], exit: 9 })
    .call(10, 'execve', { argv: ['after'], paths: [pathItem('/bin/after')] });
  expect(story(s).slice(0, 2)).toEqual(['pipe of p10 -tee-> after', 'after -tee-> pipe of p10']);
});

test('close-on-exec counts however it was set, and only for the descriptor that it was set on', () => {
  const s = new EventScript()
    .call(10, 'openat', open('/a', 3))
    .call(10, 'fcntl', { args: [3, 1030], exit: 4 })
    .call(10, 'dup3', { args: [3, 5, 0o2000000], exit: 5 })
    .call(10, 'dup2', { args: [5, 6], exit: 6 })
    .call(10, 'fcntl', { args: [3, 2, 1], exit: 0 })
    .call(10, 'execve', { argv: ['next'], paths: [pathItem('/bin/next')] });
  for (const fd of [3, 4, 5, 6]) s.call(10, 'read', { args: [fd], exit: 1 });
  expect(story(s).slice(2)).toEqual([
    'descriptor 3 of p10, opened before the capture -read-> next',
    'descriptor 4 of p10, opened before the capture -read-> next',
    'descriptor 5 of p10, opened before the capture -read-> next',
    '/a -read-> next',
  ]);
});

test('a file is followed through rename, link and unlink until its last name is gone', () => {
  const named = (path: string, inode: number, nametype: string) => pathItem(path, inode, nametype);
  const s = new EventScript()
    .call(10, 'openat', open('/old', 3, writeOnly, 77))
    .call(10, 'rename', { paths: [named('/old', 77, 'DELETE'), named('/new', 77, 'CREATE')] })
    .call(10, 'link', { paths: [named('/new', 77, 'NORMAL'), named('/also', 77, 'CREATE')] })
    .call(10, 'unlink', { paths: [named('/new', 77, 'DELETE')] })
    .call(11, 'openat', open('/also', 3, 0, 77))
    .call(10, 'unlink', { paths: [named('/also', 77, 'DELETE')] })
    .call(12, 'openat', open('/fresh', 3, 0, 77));
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const files = [...graph.vertices.values()].filter((v) => v.kind === 'file');
  expect(
    files.map((v) => [v.id.split('/').at(-1), [...v.terms].filter((t) => t.startsWith('path:')).sort()]),
  ).toEqual([
    ['77', ['path:/also', 'path:/new', 'path:/old']],
    ['77+1', ['path:/fresh']],
  ]);
});

test('both sides of a connection on one host are one vertex, a mapped file is read, a shared one written', () => {
  const s = new EventScript()
    .call(20, 'socket', { args: [2, 1], exit: 3 })
    .call(20, 'bind', { args: [3], ...peer('0.0.0.0', 80) })
    .call(20, 'listen', { args: [3] })
    .call(10, 'socket', { args: [2, 1], exit: 3 })
    .call(10, 'connect', { args: [3], ...peer('127.0.0.1', 80) })
    .call(10, 'write', { args: [3], exit: 4 })
    .call(20, 'accept4', { args: [3, 0, 0, 0], exit: 4, ...peer('127.0.0.1', 40_000) })
    .call(20, 'read', { args: [4], exit: 4 })
    .call(20, 'openat', open('/db', 5, 2))
    .call(20, 'mmap', { args: [0, 4096, 3, 1], exit: 0, mmapFd: 5 });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const told = graph.story().join('\n');
  expect([...graph.vertices.values()].filter(isConnection)).toHaveLength(1);
  expect(told).toMatch(/p10 -write-> 127\.0\.0\.1:40000 → 127\.0\.0\.1:80/);
  expect(told).toMatch(/127\.0\.0\.1:40000 → 127\.0\.0\.1:80 -read-> /);
  expect(told).toMatch(/\/db -mmap-> .*\n.*-mmap-> \/db/);
});

test('children of a burst of forks in a pid namespace get their numbers in order, whoever is seen first', () => {
  const s = new EventScript()
    .call(100, 'fork', { exit: 17 })
    .call(100, 'fork', { exit: 18 })
    .call(100, 'fork', { exit: 19 });
  for (const pid of [103, 101, 102]) s.call(pid, 'read', { ppid: 100, args: [0], exit: 1 });
  const graph = foldInto(new FoldedGraph(), s.inputs, [4, 5]);
  const numbers = [...graph.vertices.values()]
    .filter((v) => v.kind === 'process')
    .map((v) => [v.label, v.properties.namespacePid]);
  expect(numbers).toEqual(
    expect.arrayContaining([
      ['p101', 17],
      ['p102', 18],
      ['p103', 19],
    ]),
  );
});

test('a listener on a port that the kernel chose has no port, and nobody else’s', () => {
  const s = new EventScript()
    .call(20, 'socket', { args: [2, 1], exit: 3 })
    .call(20, 'bind', { args: [3], ...peer('127.0.0.1', 0) })
    .call(20, 'listen', { args: [3] })
    .call(20, 'accept4', { args: [3, 0, 0, 0], exit: 4, ...peer('127.0.0.1', 40_000) });
  const graph = foldInto(new FoldedGraph(), s.inputs);
  const sockets = [...graph.vertices.values()].filter(isConnection);
  expect(sockets.map((v) => v.label)).toEqual(['127.0.0.1:40000 → p20']);
});

test('a process that makes an io_uring is marked, whichever source tells it, and one that could not is not', () => {
  const s = new EventScript()
    .call(10, 'io_uring_setup', { args: [8], exit: 4 })
    .call(11, 'io_uring_setup', { args: [8], exit: -1, success: false });
  const { vertices } = foldInto(new FoldedGraph(), s.inputs);
  const marks = [...vertices.values()].map(({ properties }) => [properties.pid, properties.ioUring]);
  expect(marks).toEqual([
    [10, expect.stringContaining('not seen')],
    [11, undefined],
  ]);
});

test('a file that was cut is another one, where nobody else has it open, whose writes audit may not show', () => {
  const cutting = 0o1001;
  const written = (): EventScript =>
    new EventScript()
      .call(10, 'openat', open('/note', 3, 1))
      .call(11, 'openat', open('/note', 4, 1))
      .call(11, 'close', { args: [4] });
  const files = (s: EventScript): number =>
    [...foldInto(new FoldedGraph(), s.inputs).vertices.values()].filter(({ label }) => label === '/note')
      .length;
  const cut = open('/note', 3, cutting);
  expect(
    files(
      written()
        .call(10, 'close', { args: [3] })
        .call(12, 'openat', cut),
    ),
  ).toBe(2);
  expect(files(written().call(12, 'openat', cut))).toBe(1);
  // What one wrote before it knows when it writes again.
  expect(files(new EventScript().call(10, 'openat', cut).call(10, 'openat', cut))).toBe(1);
});
