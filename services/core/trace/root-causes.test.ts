import { expect, test } from 'vitest';
import { EventScript, open, pathItem, peer } from '../../../test/fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../../../test/fixture/folded-graph.ts';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import { rankRootCauses } from './root-causes.ts';
import { resolveSymptom } from './symptom/resolve-symptom.ts';
import { trace } from './trace-run.ts';
import { TraceView } from './trace-view.ts';
import { endOfTime } from './traversal.ts';

const bounds = { depth_levels_max: 24, vertices_max: 5_000, edgesOfVertex_max: 1_000 };

test('data theft: the client whose request started the script is the first root cause', async () => {
  const { causes, label } = await causesOf(dataTheft(), 'ip:198.51.100.9');
  expect(causes[0]?.vertex.label).toBe('203.0.113.7:51000 → :80');
  const path = causes[0]!.path.steps.map(({ edge }) => label(edge.to));
  expect(path).toEqual([
    'web unit 3',
    '10.0.0.2:40001 → 10.0.0.3:9000',
    'php unit 2',
    'sh /opt/mal.sh',
    '→ 198.51.100.9:4444',
  ]);
  expect(causes.map((c) => c.vertex.label)).toContain('/opt/mal.sh');
});

test('what a file holds is explained by who wrote it, not by who made it executable', async () => {
  const sh = { comm: 'sh', exe: '/bin/sh' };
  const curl = { ppid: 60, comm: 'curl', exe: '/bin/curl' };
  const chmod = { ppid: 60, comm: 'chmod', exe: '/bin/chmod' };
  const implant = [pathItem('/srv/implant')];
  const script = new EventScript()
    .call(60, 'execve', { ...sh, argv: ['sh', 'x'], paths: [pathItem('/bin/sh')] })
    .call(60, 'clone', { ...sh, exit: 61 })
    .call(61, 'execve', { ...curl, argv: ['curl'], paths: [pathItem('/bin/curl')] })
    .call(61, 'socket', { ...curl, args: [2, 1], exit: 4 })
    .call(61, 'connect', { ...curl, args: [4], ...peer('198.51.100.9', 8098) })
    .call(61, 'read', { ...curl, args: [4], exit: 200 })
    .call(61, 'openat', { ...curl, ...open('/srv/implant', 5), args: [-100, 0, 0x241] })
    .call(61, 'write', { ...curl, args: [5], exit: 200 })
    .call(61, 'exit_group', curl)
    .call(60, 'clone', { ...sh, exit: 62 })
    .call(62, 'execve', { ...chmod, argv: ['chmod'], paths: [pathItem('/bin/chmod')] })
    .call(62, 'fchmodat', { ...chmod, paths: implant })
    .call(62, 'exit_group', chmod);
  const { causes } = await causesOf(script, 'path:/srv/implant');
  expect(causes[0]?.vertex.label).toContain('198.51.100.9:8098');
  // Both were started by the shell: the way that is told is that of the content.
  const shell = causes.find(({ vertex }) => vertex.id.includes('/60@'))!;
  expect(shell.path.steps.map(({ edge }) => edge.op)).not.toContain('fchmodat');
});

test('other clients of the same workers are no cause', async () => {
  const { causes } = await causesOf(dataTheft(), 'ip:198.51.100.9');
  expect(causes.some((c) => c.vertex.label.startsWith('203.0.113.8'))).toBe(false);
});

test('a symptom is found by path, program, pid and address; what matches nothing says what was tried', async () => {
  const graph = foldInto(new FoldedGraph(), dataTheft().inputs);
  const find = async (input: string) => {
    const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [] });
    const plain = (message: string) => ({ template: message, variables: [] });
    return await resolveSymptom(
      reader,
      input,
      endOfTime,
      (message) => ({ message, time: 0n, pid: undefined }),
      plain,
    );
  };
  for (const input of ['/etc/os-release', 'os-release', 'pid:50', '198.51.100.9:4444', '198.51.100.9']) {
    expect((await find(input)).matched.length, input).toBeGreaterThan(0);
  }
  expect((await find('/no/such')).how).toContain('path /no/such');
});

/** Two clients of two services; one request starts a script that sends a file away. */
function dataTheft(): EventScript {
  const web = { comm: 'web', exe: '/bin/web' };
  const php = { comm: 'php', exe: '/bin/php' };
  const s = new EventScript()
    .call(20, 'bind', { ...web, args: [3], ...peer('0.0.0.0', 80) })
    .call(30, 'bind', { ...php, args: [3], ...peer('0.0.0.0', 9000) });
  const request = (
    client: string,
    port: number,
    connection: number,
    inside?: (s: EventScript) => void,
  ): void => {
    s.call(20, 'accept4', { ...web, args: [3], exit: 4, ...peer(client, port) })
      .call(20, 'read', { ...web, args: [4], exit: 99 })
      .call(20, 'socket', { ...web, args: [2, 1], exit: 5 })
      .call(20, 'connect', { ...web, args: [5], exit: -115, ...peer('10.0.0.3', 9000) })
      .call(30, 'accept4', { ...php, args: [3], exit: 4, ...peer('10.0.0.2', connection) })
      .call(20, 'write', { ...web, args: [5], exit: 99 })
      .call(30, 'read', { ...php, args: [4], exit: 99 })
      .call(30, 'openat', { ...php, ...open('/var/www/page.php', 6) });
    inside?.(s);
    s.call(30, 'write', { ...php, args: [4], exit: 50 })
      .call(30, 'close', { ...php, args: [4] })
      .call(20, 'read', { ...web, args: [5], exit: 50 })
      .call(20, 'write', { ...web, args: [4], exit: 50 })
      .call(20, 'close', { ...web, args: [5] })
      .call(20, 'close', { ...web, args: [4] });
    s.wait(2_000);
  };
  request('203.0.113.8', 50_000, 40_000);
  s.call(20, 'accept4', { ...web, args: [3], exit: 4, ...peer('10.0.0.2', 80) }).call(20, 'close', {
    ...web,
    args: [4],
  });
  request('203.0.113.7', 51_000, 40_001, (inside) => {
    const sh = { ppid: 30, comm: 'sh', exe: '/bin/sh' };
    inside
      .call(30, 'clone', { ...php, exit: 50 })
      .call(50, 'execve', { ...sh, argv: ['sh', '/opt/mal.sh'], paths: [pathItem('/opt/mal.sh')] })
      .call(50, 'openat', { ...sh, ...open('/etc/os-release', 3) })
      .call(50, 'read', { ...sh, args: [3], exit: 200 })
      .call(50, 'socket', { ...sh, args: [2, 1], exit: 4 })
      .call(50, 'connect', { ...sh, args: [4], ...peer('198.51.100.9', 4444) })
      .call(50, 'write', { ...sh, args: [4], exit: 200 });
  });
  request('203.0.113.8', 50_001, 40_002);
  return s;
}

/** `symptom` is a term of the graph. */
async function causesOf(script: EventScript, symptom: string) {
  const graph = foldInto(new FoldedGraph(), script.inputs);
  const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [...graph.edges.values()] });
  const ids = await reader.lookup(symptom, 10);
  const starts = ids.map((vertex) => ({ vertex, time: endOfTime }));
  const traced = await trace(reader, starts, 'backward', bounds);
  const causes = rankRootCauses(new TraceView(traced, graph.vertices), starts);
  return { causes, label: (id: string) => graph.vertices.get(id)?.label };
}
