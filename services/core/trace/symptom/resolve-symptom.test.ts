import { expect, test } from 'vitest';
import { graphOf } from '../../../../test/fixture/graph-lines.ts';
import { memoryReader } from '../../../../test/fixture/memory-reader.ts';
import type { TemplateUse, Vertex } from '../../graph-store.ts';
import { endOfTime } from '../traversal.ts';
import { parseLiteral } from './literal.ts';
import { resolveSymptom } from './resolve-symptom.ts';
import type { Symptom } from './symptom.ts';

test.each([
  ['pid:12', ['pid:12']],
  ['10.0.0.7', ['ip:10.0.0.7']],
  ['10.0.0.7:80', ['addr:10.0.0.7:80']],
  ['[2001:db8::1]:80', ['addr:2001:db8::1:80']],
  ['2001:DB8::1', ['ip:2001:db8::1']],
  ['container:web', ['container:web']],
  ['@an abstract socket', ['path:@an abstract socket', 'exe:@an abstract socket']],
  ['999.1.1.1', ['path:999.1.1.1', 'exe:999.1.1.1']],
])('%s is looked up as %j', (input, terms) => {
  expect(parseLiteral(input)[0]?.terms).toEqual(terms);
});

test('a path is found whole, by its end, by its name', async () => {
  expect(ids(await find('/srv/app/page.php'))).toEqual(['file:/srv/app/page.php']);
  expect(ids(await find('app/page.php'))).toEqual(['file:/srv/app/page.php']);
  expect(ids(await find('./app/page.php'))).toEqual(['file:/srv/app/page.php']);
  expect(ids(await find('page.php'))).toEqual(['file:/opt/other/page.php', 'file:/srv/app/page.php']);
  expect((await find('page.php')).how).toContain('2 vertices');
});

test('what began after the time asked for does not match', async () => {
  expect(ids(await find('page.php', 5n))).toEqual(['file:/srv/app/page.php']);
  expect(ids(await find('page.php', 0n))).toEqual([]);
});

test.each([
  [
    'an editor writes a new file and moves it there',
    'process:sed -openat@6-> file:new\nprocess:sed -rename@7-> file:new',
    'file:new',
  ],
  ['an older copy is moved back', 'process:mv -rename@7-> file:copy', 'file:copy'],
  [
    'it was opened since, whatever was opened before',
    'file:new -openat@4-> process:p\nfile:old -openat@9-> process:p',
    'file:old',
  ],
])('a path means the file that is there: %s', async (_, more, expected) => {
  const story = `process:app -openat@3-> file:old
    process:app -openat@2-> file:copy
    process:app -write@8-> file:old
    ${more}`;
  const graph = graphOf(story);
  const named = (v: Vertex): Vertex => {
    if (v.kind !== 'file') return v;
    if (v.id === 'file:copy' && expected !== v.id) return { ...v, terms: ['path:/app.bak'] };
    return { ...v, terms: v.id === 'file:old' ? ['path:/app.log'] : [`path:/tmp/${v.id}`, 'path:/app.log'] };
  };
  const reader = memoryReader({ ...graph, vertices: graph.vertices.map(named) });
  const parseLine = (line: string) => ({ message: line, time: 0n, pid: undefined });
  const templateOf = (message: string) => ({ template: message, variables: [] });
  const { starts, how } = await resolveSymptom(reader, '/app.log', endOfTime, parseLine, templateOf);
  expect(starts.filter(({ isReplaced }) => isReplaced !== true).map(({ vertex }) => vertex)).toEqual([
    expected,
  ]);
  expect(how).toBe(
    `path /app.log, ${starts.length} vertices, ${starts.length - 1} of which another has replaced there`,
  );
});

test('of too many the newest are taken, and that is said', async () => {
  const story = Array.from({ length: 70 }, (_, i) => `file:/d${i}/x -read@${i + 1}-> process:p`).join('\n');
  const symptom = await find('x', endOfTime, story);
  expect([symptom.matched.length, symptom.more]).toEqual([64, true]);
  expect(symptom.matched[0]?.id).toBe('file:/d69/x');
  const early = await find('x', 3n, story);
  expect([ids(early), early.more]).toEqual([['file:/d2/x', 'file:/d1/x', 'file:/d0/x'], false]);
});

test('a log line starts at the one that printed it with these values, nearest to its time', async () => {
  const symptom = await find('@21 user 7 logged in');
  expect(symptom.starts).toEqual([{ vertex: 'unit:b', time: 20n }]);
  expect(symptom.how).toContain('2 times');
});

test('a line is not taken for one that was printed before the time that it names, but where there is no other', async () => {
  const starts = async (line: string) => (await find(line)).starts;
  expect(await starts('@3000000000 user 3 logged in')).toEqual([{ vertex: 'unit:b', time: 3_900_000_000n }]);
  // Kernel's clocks go in steps.
  expect(await starts('@2984000000 user 3 logged in')).toEqual([{ vertex: 'unit:a', time: 2_980_000_000n }]);
  expect(await starts('@9000000000 user 3 logged in')).toEqual([{ vertex: 'unit:b', time: 3_900_000_000n }]);
});

test('a line that names its process is that process’s, whatever else printed the same nearer to its time', async () => {
  const starts = async (line: string) => (await find(line)).starts;
  expect(await starts('@21 user 7 logged in')).toEqual([{ vertex: 'unit:b', time: 20n }]);
  for (const pid of [107, 7])
    expect(await starts(`@21 [${pid}] user 7 logged in`)).toEqual([{ vertex: 'unit:a', time: 5n }]);
  // A number that is none of theirs says nothing.
  expect(await starts('@21 [4] user 7 logged in')).toEqual([{ vertex: 'unit:b', time: 20n }]);
});

test('values that were never printed are said to be others', async () => {
  const symptom = await find('@21 user 9 logged in');
  expect(symptom.how).toContain('never with these values');
  expect(symptom.matched.length).toBeGreaterThan(0);
});

test('a line that nobody printed offers those that begin alike', async () => {
  const symptom = await find('user 7 logged out at once');
  expect(symptom.matched).toEqual([]);
  expect(symptom.how).toMatch(
    /nothing matched; tried as log line, words of a printed line; .*"user <num> logged in"/,
  );
});

function ids(symptom: Symptom): string[] {
  return symptom.matched.map((v) => v.id);
}

function find(
  input: string,
  before = endOfTime,
  story = `file:/srv/app/page.php -read@1-> unit:a
     unit:a -write@2-> socket:s/inbound
     file:/opt/other/page.php -read@9-> unit:b
     unit:b -write@10-> socket:s/inbound`,
): Promise<Symptom> {
  const template = 'user <num> logged in';
  const printed: Vertex = {
    id: 'template:t',
    kind: 'template',
    label: template,
    host: 'h',
    container: undefined,
    time: 1n,
    terms: [`template:${template}`],
    properties: {},
  };
  const use = (emitter: string, time: bigint, variable: string): TemplateUse => {
    return { template: 'template:t', emitter, time, variables: [variable], place: undefined };
  };
  const { vertices: plain, edges } = graphOf(story);
  const worker: Vertex = {
    ...printed,
    id: 'process:w',
    kind: 'process',
    properties: { pid: 107, namespacePid: 7 },
  };
  const vertices = plain.map((v) => (v.id === 'unit:a' ? { ...v, properties: { process: worker.id } } : v));
  const reader = memoryReader({
    vertices: [...vertices, printed, { ...worker, terms: [] }],
    edges,
    uses: [
      ...[use('unit:a', 5n, '7'), use('unit:b', 20n, '7'), use('unit:a', 22n, '8')],
      ...[use('unit:a', 2_980_000_000n, '3'), use('unit:b', 3_900_000_000n, '3')],
    ],
  });
  return resolveSymptom(reader, input, before, parseLine, templateOf);
}

/** `@TIME [PID] message`, time and pid left out where the line names none. */
function parseLine(line: string): { message: string; time: bigint; pid: number | undefined } {
  const [, time, pid, message] = /^(?:@(\d+) )?(?:\[(\d+)\] )?(.*)$/.exec(line)!;
  return { message: message!, time: BigInt(time ?? 0), pid: pid === undefined ? undefined : Number(pid) };
}

function templateOf(message: string): { template: string; variables: string[] } {
  return { template: message.replace(/\d+/g, '<num>'), variables: message.match(/\d+/g) ?? [] };
}
