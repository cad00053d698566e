import { expect, test } from 'vitest';
import { graphOf } from '../../../test/fixture/graph-lines.ts';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import type { TemplateUse, Vertex } from '../graph-store.ts';
import { resolveSymptom, type Symptom } from './symptom.ts';
import { parseLiteral } from './symptom-literal.ts';
import { endOfTime } from './traversal.ts';

test.each([
  ['pid:12', ['pid:12']],
  ['10.0.0.7', ['ip:10.0.0.7']],
  ['10.0.0.7:80', ['addr:10.0.0.7:80']],
  ['[2001:db8::1]:80', ['addr:2001:db8::1:80']],
  ['2001:DB8::1', ['ip:2001:db8::1']],
  ['container:web', ['container:web']],
  ['@an abstract socket', ['path:@an abstract socket']],
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

test('values that were never printed are said to be others', async () => {
  const symptom = await find('@21 user 9 logged in');
  expect(symptom.how).toContain('never with these values');
  expect(symptom.matched.length).toBeGreaterThan(0);
});

test('a line that nobody printed offers those that begin alike', async () => {
  const symptom = await find('user 7 logged out at once');
  expect(symptom.matched).toEqual([]);
  expect(symptom.how).toMatch(
    /nothing matched; tried as path, file or program of that name, log line; .*"user <num> logged in"/,
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
    return { template: 'template:t', emitter, time, variables: [variable] };
  };
  const { vertices, edges } = graphOf(story);
  const reader = memoryReader({
    vertices: [...vertices, printed],
    edges,
    uses: [use('unit:a', 5n, '7'), use('unit:b', 20n, '7'), use('unit:a', 22n, '8')],
  });
  return resolveSymptom(reader, input, before, parseLine, templateOf);
}

/** `@TIME message`, the time left out where the line names none. */
function parseLine(line: string): { message: string; time: bigint } {
  const [, time, message] = /^(?:@(\d+) )?(.*)$/.exec(line)!;
  return { message: message!, time: BigInt(time ?? 0) };
}

function templateOf(message: string): { template: string; variables: string[] } {
  return { template: message.replace(/\d+/g, '<num>'), variables: message.match(/\d+/g) ?? [] };
}
