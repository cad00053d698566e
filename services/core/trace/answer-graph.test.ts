import { expect, test } from 'vitest';
import { graphOf } from '../../../test/fixture/graph-lines.ts';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import type { Gap, Vertex } from '../graph-store.ts';
import { answerGraph } from './answer-graph.ts';
import { marksOf } from './completeness.ts';
import { confounders } from './confounders.ts';
import { frequenciesOf, rarity } from './frequency.ts';
import { rankRootCauses, weighRarity } from './root-causes.ts';
import { trace } from './trace-run.ts';
import { TraceView } from './trace-view.ts';
import { endOfTime } from './traversal.ts';

const bounds = { depth_levels_max: 24, vertices_max: 500, edgesOfVertex_max: 500 };

async function investigated(story: string, change: (v: Vertex) => Vertex = (v) => v) {
  const graph = graphOf(story);
  const vertices = graph.vertices.map(change);
  const reader = memoryReader({ ...graph, vertices });
  const starts = [{ vertex: 'file:symptom', time: endOfTime }];
  const traced = await trace(reader, starts, 'backward', bounds);
  const known = new Map(vertices.map((v) => [v.id, v]));
  const view = new TraceView(traced, known);
  return { reader, view, causes: rankRootCauses(view, starts) };
}

const request = `socket:client/inbound -read@1-> unit:request
  file:/srv/page.php -openat@2-> unit:request
  file:/usr/lib/libc.so.6 -openat@2-> unit:request
  file:/usr/lib/libz.so.1 -openat@2-> unit:request
  unit:request -write@3-> file:/tmp/scratch
  file:/tmp/scratch -read@4-> unit:request
  unit:request -fork@5-> process:sh
  file:/bin/sh -execve@6-> process:sh
  file:/bin/ls -read@6-> process:sh
  process:sh -write@7-> file:symptom`;

test('the answer has the paths and what flowed into them; libraries and scratch files are counted', async () => {
  const { view, causes } = await investigated(request);
  const [first] = causes;
  const graph = answerGraph(view, ['file:symptom'], [first!.path], 60);
  expect([...graph.vertices].sort()).toEqual([
    'file:/bin/sh',
    'file:/srv/page.php',
    'file:symptom',
    'process:sh',
    'socket:client/inbound',
    'unit:request',
  ]);
  expect(graph.left).toEqual({ libraries: 3, scratch: 1, starts: 0, other: 0 });
  expect(graph.edges.every((e) => graph.vertices.has(e.from) && graph.vertices.has(e.to))).toBe(true);
});

test('who started what a cause had copied is told, where the cause had a part in that, too', async () => {
  const story = (starter: string) => `socket:client/inbound -read@1-> unit:request
    unit:request -write@2-> file:/srv/box/tool
    ${starter} -write@3-> socket:orders
    socket:orders -read@4-> process:daemon
    process:daemon -fork@5-> process:runner
    process:runner -fork@6-> process:tool
    file:/srv/box/tool -execve@7-> process:tool
    process:tool -write@8-> file:symptom`;
  const shown = async (starter: string) => {
    const { view, causes } = await investigated(story(starter));
    const cause = causes.find(({ vertex }) => vertex.id === 'socket:client/inbound')!;
    expect(cause.path.steps.map(({ edge }) => edge.to)).toContain('file:/srv/box/tool');
    return answerGraph(view, ['file:symptom'], [cause.path], 1).vertices;
  };
  expect([...(await shown('unit:request'))]).toEqual(
    expect.arrayContaining(['socket:orders', 'process:daemon', 'process:runner']),
  );
  expect(await shown('process:other')).not.toContain('process:daemon');
});

/** Of processes: when their first units began. */
const served = (times: Record<string, string>) => (v: Vertex) => {
  const time = times[v.id];
  return time === undefined ? v : { ...v, properties: { ...v.properties, served: time } };
};

test('what a program took up before it served anyone is folded into its start, unless somebody else wrote it', async () => {
  const { view, causes } = await investigated(
    `file:/etc/app.conf -openat@0-> process:server
    file:/srv/tables -read@0-> process:server
    process:server -write@0-> file:/srv/tables
    process:editor -write@0-> file:/etc/users
    file:/etc/users -read@0-> process:server
    process:server -unit@1-> unit:request
    ${request}`,
    served({ 'process:server': '1' }),
  );
  const { vertices, left } = answerGraph(view, [], [causes[0]!.path], 60);
  expect(left).toMatchObject({ scratch: 2, starts: 1 });
  expect(vertices).toContain('file:/etc/users');
  expect(vertices).not.toContain('file:/etc/app.conf');
});

test('what a master took up before its worker served is a start too; what a worker reads while it serves is not', async () => {
  const { view, causes } = await investigated(
    `file:/etc/app.conf -openat@0-> process:master
    process:master -fork@1-> process:worker
    file:/etc/late.conf -read@3-> process:worker
    process:worker -unit@4-> unit:request
    ${request}`,
    served({ 'process:worker': '2' }),
  );
  const { vertices, left } = answerGraph(view, [], [causes[0]!.path], 60);
  expect(left.starts).toBe(1);
  expect(vertices).toContain('file:/etc/late.conf');
});

test('what the kernel shows is folded away, but not the environment of a process', async () => {
  const { view, causes } = await investigated(`${request}
    file:/proc/17/environ -read@6-> process:sh
    file:/proc/17/status -read@6-> process:sh`);
  const { vertices } = answerGraph(view, [], [causes[0]!.path], 60);
  expect(vertices).toContain('file:/proc/17/environ');
  expect(vertices).not.toContain('file:/proc/17/status');
});

test('a bound leaves out the dullest first, and never a path', async () => {
  const { view, causes } = await investigated(request);
  const graph = answerGraph(view, ['file:symptom'], [causes[0]!.path], 5);
  expect([...graph.vertices].sort()).toEqual([
    'file:/srv/page.php',
    'file:symptom',
    'process:sh',
    'socket:client/inbound',
    'unit:request',
  ]);
  expect(answerGraph(view, ['file:symptom'], [causes[0]!.path], 1).vertices.size).toBe(4);
});

test('a scratch file that somebody else touches is no scratch file', async () => {
  const { view, causes } = await investigated(`${request}
    file:/tmp/scratch -read@9-> process:other`);
  expect(answerGraph(view, [], [causes[0]!.path], 60).vertices).toContain('file:/tmp/scratch');
});

test('a file that was put where it stays when it was written is no scratch file, until it is removed', async () => {
  const shown = async (story: string) => {
    const { view, causes } = await investigated(story);
    return [...answerGraph(view, [], [causes[0]!.path], 60).vertices];
  };
  const named = `${request}
    unit:request -write@1-> file:/srv/kept
    unit:request -renameat2@2-> file:/srv/kept`;
  const used = 'file:/srv/kept -read@4-> unit:request';
  expect(await shown(`${named}\n${used}`)).toContain('file:/srv/kept');
  const removed = 'unit:request -unlink@3-> file:/srv/kept';
  expect(await shown(`${named}\n${removed}\n${used}`)).not.toContain('file:/srv/kept');
});

test('a step whose vertex waited over a gap is marked, and so is an origin behind one', async () => {
  const { view, causes } = await investigated(request);
  const gap = (from: bigint, until: bigint): Gap => {
    return { stream: 's', host: 'h', from, until, missing: 3, reason: 'lost' };
  };
  const kinds = (gaps: Gap[]) =>
    marksOf(causes[0]!.path, view, gaps).map((marks) => marks.filter((m) => m.kind === 'gap').length);
  expect(kinds([])).toEqual([0, 0, 0]);
  expect(kinds([gap(6n, 6n)])).toEqual([0, 1, 0]);
  expect(kinds([gap(2n, 3n)])).toEqual([1, 0, 0]);
  // The client's connection was seen to begin; the script may have been written before.
  expect(kinds([gap(0n, 0n)])).toEqual([0, 0, 0]);
  const script = causes.find(({ vertex }) => vertex.id === 'file:/srv/page.php')!;
  const marks = marksOf(script.path, view, [gap(0n, 0n)]).map((m) => m.map(({ kind }) => kind));
  expect(marks[0]).toEqual(['gap', 'no-profile']);
  expect(kinds([gap(8n, 9n)])).toEqual([0, 0, 0]);
  expect(kinds([{ ...gap(6n, 6n), host: 'other' }])).toEqual([0, 0, 0]);
});

test('what is done through io_uring, a line in part, and a unit without LMS-CFG are marked', async () => {
  const about: Record<string, Vertex['properties']> = {
    'process:sh': { ioUring: 'not seen', cutLine: 'in part' },
    'unit:request': { reason: 'connection' },
  };
  const { view, causes } = await investigated(request, (v) => ({
    ...v,
    properties: { ...v.properties, ...about[v.id] },
  }));
  const kinds = marksOf(causes[0]!.path, view, []).map((marks) => marks.map((m) => m.kind));
  expect(kinds).toEqual([['no-profile'], ['io-uring', 'cut-line'], []]);
});

test('of two clients alike but for how common they are, the rare one ranks first', async () => {
  const clients = Array.from({ length: 20 }, (_, i) => `socket:often${i}/inbound -read@1-> unit:x${i}`);
  const story = `socket:often/inbound -read@1-> unit:a
    socket:seldom/inbound -read@2-> unit:a
    unit:a -write@3-> file:symptom
    ${clients.join('\n')}`;
  const { reader, view, causes } = await investigated(story, (v) => {
    if (v.kind !== 'socket') return v;
    const client = v.id.includes('often') ? '10.0.0.1' : '203.0.113.9';
    return { ...v, terms: [`ip:${client}`], properties: { ...v.properties, client: `${client}:5000` } };
  });
  expect(causes.map((c) => c.vertex.label)).toEqual(['often/inbound', 'seldom/inbound']);
  const frequencies = await frequenciesOf(reader, [...view.vertices.values()], new Map());
  expect(frequencies.get('socket:often/inbound')).toBe(21);
  const weighed = weighRarity(causes, frequencies);
  expect(weighed.map((c) => c.vertex.label)).toEqual(['seldom/inbound', 'often/inbound']);
  expect(weighed[0]!.score).toBeCloseTo(
    weighed[0]!.factors.prior * weighed[0]!.factors.distance * weighed[0]!.factors.rarity,
  );
});

test('rarity falls with the frequency, from one to a seventh', () => {
  expect([1, 2, 64].map(rarity)).toEqual([1, 1 / 2, 1 / 7]);
});

test('causes that came the same way are confounded; one of another kind, or of another way, is not', async () => {
  const { causes } = await investigated(`socket:one/inbound -read@1-> unit:a
    socket:two/inbound -read@1-> unit:a
    file:/opt/tool -execve@1-> process:p
    process:p -fork@2-> unit:a
    unit:a -write@3-> file:symptom`);
  const groups = confounders(causes);
  const names = causes.map((c) => c.vertex.id);
  const group = groups.get(names.indexOf('socket:one/inbound'));
  expect(group?.places.map((place) => names[place])).toEqual(['socket:one/inbound', 'socket:two/inbound']);
  expect(group?.joint).toBe('unit:a');
  expect(groups.size).toBe(2);
});
