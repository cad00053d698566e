import { expect, test } from 'vitest';
import { graphOf } from '../../../test/fixture/graph-lines.ts';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import { rankRootCauses } from './root-causes.ts';
import { trace } from './trace-run.ts';
import { TraceView } from './trace-view.ts';
import { endOfTime } from './traversal.ts';

const bounds = { depth_levels_max: 24, vertices_max: 500, edgesOfVertex_max: 500 };

/** Causes of file:symptom, the best first. */
async function causesOf(story: string) {
  const graph = graphOf(story);
  const starts = [{ vertex: 'file:symptom', time: endOfTime }];
  const traced = await trace(memoryReader(graph), starts, 'backward', bounds);
  const known = new Map(graph.vertices.map((v) => [v.id, v]));
  const causes = rankRootCauses(new TraceView(traced, known), starts);
  return causes.map(({ vertex, why }) => ({ id: vertex.id, why }));
}

const planting = `socket:planter/inbound -read@1-> unit:upload
  unit:upload -write@2-> socket:query
  socket:query -read@3-> unit:database`;
const use = `socket:user/inbound -read@5-> unit:page
  unit:page -fork@7-> process:sh
  process:sh -write@8-> file:symptom`;

test('who had a page written goes before who only called it', async () => {
  const [first, second] = await causesOf(`${planting}
    unit:database -write@4-> file:/srv/www/shell.php
    ${use}
    file:/srv/www/shell.php -openat@6-> unit:page`);
  expect(first!.id).toBe('socket:planter/inbound');
  expect(second!.id).toBe('socket:user/inbound');
  expect(second!.why).toContain('set off /srv/www/shell.php, which others had written');
});

test('a program that was fetched and run counts as one, by whatever name', async () => {
  const [first] = await causesOf(`${planting}
    unit:database -write@4-> file:/tmp/x
    ${use}
    file:/tmp/x -execve@7-> process:sh`);
  expect(first!.id).toBe('socket:planter/inbound');
});

test.each([
  [
    'what is read is no code',
    'unit:database -write@4-> file:/srv/notes.txt',
    'file:/srv/notes.txt -openat@6-> unit:page',
  ],
  [
    'it was written only after',
    'unit:database -write@7-> file:/srv/shell.php',
    'file:/srv/shell.php -openat@6-> unit:page',
  ],
  [
    'its mode alone was changed',
    'unit:database -fchmodat@4-> file:/srv/shell.php',
    'file:/srv/shell.php -openat@6-> unit:page',
  ],
  [
    'who called it had it written',
    'unit:page -write@6-> file:/srv/shell.php',
    'file:/srv/shell.php -execve@7-> process:sh',
  ],
])('nobody set off anything where %s', async (_, written, run) => {
  const [first] = await causesOf([planting, written, use, run].join('\n'));
  expect(first).toMatchObject({ id: 'socket:user/inbound' });
  expect(first!.why).not.toContain('set off');
});

test('code that is run all the time is a fixture: of its callers, the nearest is the cause', async () => {
  const others = Array.from({ length: 200 }, (_, i) => `file:/srv/cached.php -openat@6-> unit:other${i}`);
  const [first] = await causesOf(`${planting}
    unit:database -write@4-> file:/srv/cached.php
    ${use}
    file:/srv/cached.php -openat@6-> unit:page
    ${others.join('\n')}`);
  expect(first!.id).toBe('socket:user/inbound');
});

test('who filled a disk goes before whose request found no room', async () => {
  const [first, second] = await causesOf(`socket:filler/inbound -read@1-> unit:report
    unit:report -fill@5-> file:room
    file:room -write@5-> unit:keep
    unit:keep -write@6-> socket:answer
    socket:user/inbound -read@2-> unit:order
    unit:order -write@3-> socket:query
    socket:query -read@4-> unit:keep
    socket:answer -read@7-> unit:order
    unit:order -write@8-> file:symptom`);
  expect(first!.id).toBe('socket:filler/inbound');
  expect(second!.id).toBe('socket:user/inbound');
  expect(second!.why).toContain('met that others had taken');
});

test('of many who asked for the same, all that met the full disk come after who filled it', async () => {
  const met = (n: number, at: number): string => `socket:user${n}/inbound -read@${at}-> unit:order${n}
    unit:order${n} -write@${at + 1}-> socket:query${n}
    socket:query${n} -read@${at + 2}-> unit:keep${n}
    file:room -write@${at + 3}-> unit:keep${n}
    unit:keep${n} -write@${at + 4}-> socket:answer${n}
    socket:answer${n} -read@${at + 5}-> unit:order${n}
    unit:order${n} -write@${at + 6}-> file:symptom`;
  const [first, ...others] = await causesOf(`socket:filler/inbound -read@1-> unit:report
    unit:report -fill@5-> file:room
    ${met(1, 10)}
    ${met(2, 20)}
    ${met(3, 30)}`);
  expect(first!.id).toBe('socket:filler/inbound');
  const clients = others.filter(({ id }) => id.startsWith('socket:user'));
  expect(clients).toHaveLength(3);
  for (const { why } of clients) expect(why).toContain('met that others had taken');
});

test('who is served by a server, or over a connection, that has failed before did not meet it', async () => {
  const causes = await causesOf(`socket:filler/inbound -read@1-> unit:report
    unit:report -fill@5-> file:room
    file:room -write@6-> unit:failed
    unit:failed -write@7-> file:symptom
    unit:failed -write@7-> process:server
    process:server -unit@8-> unit:fine
    unit:failed -write@7-> socket:kept
    socket:kept -read@8-> unit:asked
    socket:kept -read@12-> unit:fine
    unit:asked -write@9-> file:symptom
    socket:other/inbound -read@9-> unit:fine
    unit:fine -write@13-> file:symptom`);
  const other = causes.find(({ id }) => id === 'socket:other/inbound');
  expect(other!.why).not.toContain('met that others had taken');
});
