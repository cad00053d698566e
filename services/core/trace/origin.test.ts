import { expect, test } from 'vitest';
import { graphOf } from '../../../test/fixture/graph-lines.ts';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import { rankRootCauses } from './root-causes.ts';
import { trace } from './trace-run.ts';
import { TraceView } from './trace-view.ts';
import { endOfTime, type TraceBounds } from './traversal.ts';

const bounds: TraceBounds = { depth_levels_max: 24, vertices_max: 500, edgesOfVertex_max: 500 };

test('an inbound connection is first, though its own responses flow into it', async () => {
  const causes = await check(
    `socket:client/inbound -accept4@1-> unit:request
     unit:request -write@2-> socket:client/inbound
     file:/var/www/page -read@3-> unit:request
     unit:request -write@4-> file:symptom`,
    'file:symptom',
  );
  expect(causes).toEqual(['socket:client/inbound', 'file:/var/www/page']);
});

test('a browser on the host: its connection ranks before what lies behind the browser', async () => {
  const causes = await check(
    `file:/usr/lib/libc.so.6 -open@1-> process:browser
     file:/home/u/profile -read@1-> process:browser
     process:browser -connect@2-> socket:local/both
     socket:local/both -accept4@3-> unit:request
     unit:request -write@4-> file:symptom`,
    'file:symptom',
  );
  expect(causes[0]).toBe('socket:local/both');
  expect(causes).toContain('process:browser');
});

test('what was fetched from a server on the host: the file that it served is first, not the client that asked', async () => {
  const causes = await check(
    `file:/opt/python/bin/python3 -execve@1-> process:server
     file:/home/u/get.sh -read@1-> process:get
     process:get -connect@2-> socket:local/both
     socket:local/both -accept4@3-> unit:request
     process:server -unit@3-> unit:request
     file:/srv/www/tool.sh -read@4-> unit:request
     unit:request -sendto@5-> socket:local/both
     socket:local/both -recvfrom@6-> process:get
     process:get -write@7-> file:symptom`,
    'file:symptom',
  );
  expect(causes[0]).toBe('file:/srv/www/tool.sh');
  expect(causes.indexOf('socket:local/both')).toBeLessThan(causes.indexOf('file:/opt/python/bin/python3'));
});

test('a connection made by a program that a request started is no origin', async () => {
  const causes = await check(
    `socket:client/inbound -accept4@1-> unit:request
     unit:request -fork@2-> process:sh
     process:sh -fork@3-> process:curl
     process:curl -connect@4-> socket:inner/both
     socket:inner/both -accept4@5-> unit:inner
     unit:inner -write@6-> file:symptom`,
    'file:symptom',
  );
  expect(causes).toEqual(['socket:client/inbound']);
});

test('a process that only reads has no parent seen and is an origin; a started one is not', async () => {
  const causes = await check(
    `file:/lib/x86_64/libc.so.6 -open@1-> process:daemon
     process:daemon -fork@2-> process:worker
     process:worker -write@3-> file:symptom`,
    'file:symptom',
  );
  expect(causes[0]).toBe('process:daemon');
  expect(causes).not.toContain('process:worker');
});

test('causes of one score stand in the order of time, whatever their ids', async () => {
  const causes = await check(
    `socket:b/inbound -accept4@1-> unit:first
     unit:first -write@2-> file:/a
     socket:a/inbound -accept4@3-> unit:second
     unit:second -write@4-> file:/b
     file:/a -read@5-> process:reader
     file:/b -read@5-> process:reader
     process:reader -write@6-> file:symptom`,
    'file:symptom',
  );
  expect(causes.slice(0, 2)).toEqual(['socket:b/inbound', 'socket:a/inbound']);
});

test('a rare script ranks before what everyone executes and reads', async () => {
  const causes = await check(
    `file:/opt/mal.sh -execve@2-> process:sh
     file:/bin/sh -execve@2-> process:sh
     file:/etc/app.conf -read@2-> process:sh
     file:/usr/lib/libc.so.6 -open@2-> process:sh
     process:sh -write@3-> file:symptom`,
    'file:symptom',
  );
  expect(causes[0]).toBe('file:/opt/mal.sh');
  expect(causes.at(-1)).toBe('file:/usr/lib/libc.so.6');
});

test('what lies behind a bound is not taken for an origin', async () => {
  const story = `file:/data -read@1-> process:a
     process:a -write@2-> file:/between
     file:/between -read@3-> process:b
     process:b -write@4-> file:symptom`;
  const shallow = { ...bounds, depth_levels_max: 2 };
  expect(await check(story, 'file:symptom', shallow)).toEqual(['process:b']);
  expect(await check(story, 'file:symptom')).toContain('file:/data');
});

test('an address that asked and received: the asking is the cause, by its path to the receiving', async () => {
  const causes = await check(
    `socket:asked/inbound -accept4@1-> unit:request
     unit:request -write@2-> socket:sent/outbound`,
    'socket:asked/inbound',
    bounds,
    'socket:sent/outbound',
  );
  expect(causes).toEqual(['socket:asked/inbound']);
});

test('a symptom with nothing before it is its own cause', async () => {
  expect(await check('file:/a -read@1-> process:p', 'file:/a')).toEqual(['file:/a']);
});

test('the order in which a store answers does not matter', async () => {
  const story = `socket:one/inbound -read@1-> unit:a
     socket:two/inbound -read@1-> unit:a
     file:/x -read@1-> unit:a
     file:/y -read@1-> unit:a
     unit:a -write@2-> file:symptom`;
  const turned = story.split('\n').reverse().join('\n');
  const narrow = { ...bounds, vertices_max: 4 };
  expect(await check(turned, 'file:symptom')).toEqual(await check(story, 'file:symptom'));
  expect(await check(turned, 'file:symptom', narrow)).toEqual(await check(story, 'file:symptom', narrow));
});

/** Ids of the causes by rank. */
async function check(story: string, ...args: [string, TraceBounds?, string?]): Promise<string[]> {
  const [symptom, limits = bounds, second] = args;
  const { vertices, edges } = graphOf(story);
  const reader = memoryReader({ vertices, edges });
  const starts = [symptom, second]
    .filter((id) => id !== undefined)
    .map((vertex) => ({ vertex, time: endOfTime }));
  const traced = await trace(reader, starts, 'backward', limits);
  const known = new Map(vertices.map((v) => [v.id, v]));
  const view = new TraceView(traced, known);
  const causes = rankRootCauses(view, starts);
  for (const { path, score } of causes) {
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThanOrEqual(1);
    const times = path.steps.map((step) => step.time);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  }
  return causes.map((cause) => cause.vertex.id);
}

test('who wrote a file last goes before who wrote it before', async () => {
  const causes = await check(
    `socket:a/inbound -accept4@1-> unit:first
     unit:first -write@2-> file:/settings
     socket:b/inbound -accept4@3-> unit:second
     unit:second -write@4-> file:/settings
     file:/settings -read@5-> process:reader
     process:reader -write@6-> file:symptom`,
    'file:symptom',
  );
  expect(causes.slice(0, 2)).toEqual(['socket:b/inbound', 'socket:a/inbound']);
});
