import { expect, test } from 'vitest';
import { memoryReader } from '../../../../test/fixture/memory-reader.ts';
import type { TemplateUse, Vertex } from '../../graph-store.ts';
import { templateOf } from '../../lms/template.ts';
import { endOfTime } from '../traversal.ts';
import { resolveSymptom } from './resolve-symptom.ts';

const ns_per_s = 1_000_000_000n;
/** 2026-11-27T05:23:43Z. */
const noon = 1_795_757_023n * ns_per_s;
const day = 86_400n * ns_per_s;

function vertex(id: string, terms: string[], time = noon, properties: Vertex['properties'] = {}): Vertex {
  const kind = id.slice(0, id.indexOf(':')) as Vertex['kind'];
  return { id, kind, label: id, host: 'h', container: undefined, time, terms, properties };
}

function request(id: string, path: string, status: number, time: bigint): Vertex {
  const [plain] = path.split('?');
  return vertex(id, [`request:GET ${plain}`, `request:GET ${plain} ${status}`], time, {
    request: `GET ${path}`,
    status,
  });
}

const sessionLine = 'session <num> of user "<str>" from <ip> took <num> ms';
const failureLine = 'upstream timed out after <num> ms';
const uses: TemplateUse[] = [
  // Three thousand lines of one statement, a second apart.
  ...Array.from({ length: 3_000 }, (_, i) => ({
    template: 'template:session',
    emitter: `unit:${i}`,
    time: noon + BigInt(i) * ns_per_s,
    variables: [String(i % 7), `user${i % 100}`, `10.0.${i >> 8}.${i & 255}`, String(i % 13)],
    place: undefined,
  })),
  {
    template: 'template:failure',
    emitter: 'unit:2999',
    time: noon + 1n,
    variables: ['30000'],
    place: undefined,
  },
  ...['/p 500', '/p/q 500', '/p?a=1 500', '/p 200'].map((said, i) => ({
    template: 'template:access',
    emitter: 'process:unseen',
    time: noon + BigInt(i) * day,
    variables: ['10.0.0.9', ...said.split(' ')],
    place: undefined,
  })),
];
const reader = memoryReader({
  vertices: [
    vertex('file:a', ['path:/srv/app/page.php', 'name:page.php']),
    vertex('file:b', ['path:/srv/app/lib/deep.php', 'name:deep.php']),
    vertex('file:c', ['path:/srv/application', 'name:application']),
    vertex('file:web', ['path:/opt/web', 'name:web']),
    vertex('process:web', ['pid:1', 'container:web', 'function:resize', 'name:nginx']),
    request('unit:ok', '/link.php?id=1', 200, noon),
    request('unit:broken', '/link.php?id=2', 500, noon + 20n * ns_per_s),
    request('unit:yesterday', '/link.php?id=3', 500, noon - day),
    vertex('unit:traced', ['call:4bf92f3577b34da6a3ce929d0e0e4736']),
    ...Array.from({ length: 3_000 }, (_, i) => vertex(`unit:${i}`, [])),
    vertex('template:session', [`template:${sessionLine}`]),
    vertex('template:failure', [`template:${failureLine}`]),
    vertex('process:unseen', []),
    vertex('template:access', ['template:<ip> "GET <str>" <num>']),
  ],
  edges: [],
  uses,
});

async function find(input: string, before = endOfTime) {
  const parseLine = (message: string) => ({ message, time: 0n, pid: undefined });
  const symptom = await resolveSymptom(reader, input, before, parseLine, templateOf);
  return { ...symptom, ids: symptom.matched.map((v) => v.id) };
}

test.each([
  ['/srv/app/../app/./page.php', ['file:a']],
  ['//srv/app/page.php', ['file:a']],
  ['lib/../lib/deep.php', ['file:b']],
  ['/srv/app/', ['file:a', 'file:b']],
  ['/srv/app', ['file:a', 'file:b']],
  ['path:/srv/app/*', ['file:a', 'file:b']],
  ['container:web', ['process:web']],
  ['function:resize', ['process:web']],
  ['resize', ['process:web']],
  ['GET /link.php', ['unit:broken', 'unit:ok', 'unit:yesterday']],
  ['GET /link.php 500', ['unit:broken', 'unit:yesterday']],
  ['GET /link.php 500 around 05:23', ['unit:broken']],
  ['GET /link.php HTTP/1.1 500 around 2026-11-26T05:23:43Z', ['unit:yesterday']],
  ['GET /link.php?id=1', ['unit:ok']],
  ['GET /link.php at 11:00', []],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', ['unit:traced']],
  ['traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', ['unit:traced']],
  ['4BF92F3577B34DA6A3CE929D0E0E4736', ['unit:traced']],
  ['X-Call-Id: 4bf92f3577b34da6a3ce929d0e0e4736', ['unit:traced']],
  ['/timed out after \\d{5}/', ['unit:2999']],
  ['re:^upstream .* ms$', ['unit:2999']],
  [failureLine, ['unit:2999']],
  ['timed out after 30000', ['unit:2999']],
  ['timed out after 30001', []],
])('%s finds %j', async (input, expected) => {
  expect((await find(input)).ids.sort()).toEqual(expected);
});

test('a line’s values choose the one that printed it among thousands', async () => {
  const { ids } = await find('session 3 of user "user17" from 10.0.8.69 took 0 ms');
  expect(ids).toEqual(['unit:2117']);
});

test('where the values are others, the rarest of them chooses', async () => {
  const { ids, how } = await find('session 6 of user "user99" from 10.0.8.69 took 12 ms');
  expect(ids).toEqual(['unit:2117']);
  expect(how).toContain('with 10.0.8.69');
});

test.each([
  ['GET /p', [0n, 2n, 3n]],
  ['GET /p 500', [0n, 2n]],
  ['GET /p?a=1', [2n]],
  ['GET /p 500 around 2026-11-29T05:23', [2n]],
  ['GET /p 404', []],
  ['POST /p 500', []],
])('%s, which no recorded unit served, is found in the lines that say it', async (input, days) => {
  const { printed, how } = await find(input);
  expect(printed.map(({ time }) => (time - noon) / day).sort()).toEqual(days);
  if (days.length > 0) expect(how).toContain('served by nobody who was recorded');
});

test('an expression that is none, or can not be run, is refused', async () => {
  await expect(find('re:(?=x)y')).rejects.toThrow("the expression (?=x)y can't be run at character");
  await expect(find('/(/')).rejects.toThrow('( is no regular expression: Unterminated group');
});

test('what else it could be is said', async () => {
  const { ids, also } = await find('web');
  expect([ids, also]).toEqual([['file:web'], ['container, function, pod or service web']]);
});
