import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher } from './matcher.ts';
import { templateOf } from './template.ts';
import { TemplateMiner, templates_count_max } from './template-miner.ts';

function groups(lines: readonly string[]): string[] {
  const miner = new TemplateMiner();
  const templates = lines.map((line) => templateOf(line).template);
  for (const template of templates) miner.add(template);
  return templates.map((template) => miner.groupOf(template));
}

test.each([
  [
    'names with numbers',
    ['Receiving block blk_-16 src: /10.0.0.1:5', 'Receiving block blk_7 src: /10.0.0.2:5'],
  ],
  ['lists of any length', ['deleted: /a/b, /c/d', 'deleted: /a/b, /c/d, /e/f']],
  ['errors of the system', ['open failed: Permission denied', 'open failed: No such file or directory']],
  ['what a name is said to be', ['login user=eve ok', 'login user=root ok']],
  [
    'many words',
    ['session opened for user eve', 'session opened for user bob', 'session opened for user ann'],
  ],
  ['names', ['module loaded at last org.a.Foo', 'module loaded at last org.b.Bar']],
  [
    'names that change together',
    ['4: going from conn_new to conn_read', '4: going from conn_read to conn_end'],
  ],
  ['two users', ['subsystem request for sftp by user root', 'subsystem request for sftp by user eve']],
  ['states', ['channel 1: output open -> drain', 'channel 1: output drain -> closed']],
  ['what is true', ['4 (uncached) result: true (cond: 7)', '4 (uncached) result: false (cond: 7)']],
  ['lists of names', ['compression ctos: none,zlib', 'compression ctos: none,zlib@openssh.com,lz4']],
  ['pairs', ['fd:10 id:0 state:req-start', 'fd:7 id:1 state:connect at loop exit']],
  ['within marks', ['commit[main] was entered', 'commit[other] was entered']],
  [
    'values of several words',
    [
      'Fork CoW for RDB: current 2 MB, peak 2 MB, average 2 MB',
      'Fork CoW for AOF rewrite: current 2 MB, peak 3 MB, average 2 MB',
    ],
  ],
])('one group: %s', (_, lines) => {
  expect(new Set(groups(lines)).size).toBe(1);
});

test.each([
  ['two words', ['session was opened for eve', 'session was closed for eve']],
  ['codes', ['AH00558: could not do it', 'AH00559: could not do it']],
  ['calls', ['SSL_set0_chain() failed there', 'X509_lookup() failed there']],
  ['values alone', ['a1_b', 'c2_d']],
  ['names of the source', ['expecting SSH2_MSG_KEXINIT now', 'expecting SSH2_MSG_NEWKEYS now']],
  ['words that join others', ['the disk is full', 'the disk was full', 'the disk not full']],
  [
    'titles',
    ['http script var: "a"', 'http script copy: "b"', 'http script regex: "c"', 'http script end: "d"'],
  ],
  ['what introduces', ['id for user eve1 not found', 'id for group eve1 not found']],
])('a group each: %s', (_, lines) => {
  expect(new Set(groups(lines)).size).toBe(lines.length);
});

test('a group that grows keeps its name, and one that joins it has it, too', () => {
  const miner = new TemplateMiner();
  const before = miner.add('session opened in room eve');
  expect(miner.add('session opened in room bob')).toBe('session opened in room bob');
  expect(miner.add('session opened in room ann')).toBe(before);
  expect(miner.groupOf('session opened in room bob')).toBe(before);
});

const word = fc.constantFrom(
  'open',
  'user',
  'eve',
  'bob',
  'ann',
  'of',
  'a1',
  '/a/b',
  'x=y',
  '%s',
  '<',
  '',
  '10.0.0.1',
  'failed',
  'for',
  'by',
  '->',
  'true',
  'a_b',
  'c.d',
  'x,y',
  'k:v',
  'm[n]',
);
const line = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));

test('what was taken in is all of its state, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.nat(40), (lines, cut) => {
      const templates = lines.map((each) => templateOf(each).template);
      const whole = new TemplateMiner();
      for (const template of templates) whole.add(template);
      const first = new TemplateMiner();
      for (const template of templates.slice(0, cut)) first.add(template);
      const second = new TemplateMiner();
      for (const template of [...first.templates(), ...templates.slice(cut)]) second.add(template);
      expect(templates.map((t) => second.groupOf(t))).toEqual(templates.map((t) => whole.groupOf(t)));
    }),
  );
});

test('every line is one of what the matcher finds for the groups', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const miner = new TemplateMiner();
      for (const each of lines) miner.add(templateOf(each).template);
      const matcher = createMatcher(miner.toLmsCfg('p'));
      expect(matcher.rejected).toEqual([]);
      for (const each of lines) {
        expect(matcher.match(each).some(({ from, to }) => from === 0 && to === each.length)).toBe(true);
      }
    }),
  );
});

test('it remembers so many templates and no more', () => {
  const miner = new TemplateMiner();
  for (let n = 0; n < templates_count_max; n++) miner.add(`word${n.toString(36)}`);
  expect(miner.add('session opened in room eve1')).toBe('session opened in room eve1');
  expect(miner.add('session opened for user eve2')).toBe('session opened for user eve2');
});

/** More statements than are told apart by their shapes alone. */
const many = Array.from({ length: 200 }, (_, n) => {
  const letters = (k: number): string =>
    String.fromCharCode(97 + (k % 26), 97 + ((k * 7) % 26), 97 + (k >> 3));
  return `${letters(n)}x could not be ${letters(n + 1)}y of ${letters(n + 2)}z at last: 5`;
});
const long = 'the worker of this queue went away before the job that it had taken was done: ';

test('a template that is alike to none is of the statement that prints it, by the matcher', () => {
  const reasons = ['eve', 'bob', 'ann'].map((reason) => `${long}${reason}`);
  const lines = [...reasons, ...many, `${long}no room was left`, `${long}lost it`];
  const found = groups(lines);
  expect(found.at(-1)).toBe(`${long}eve`);
  expect(found.at(-2)).toBe(`${long}eve`);
  expect(new Set(found).size).toBe(1 + many.length);
  for (const cut of [2, 50, 130, 202]) {
    const [first, second] = [new TemplateMiner(), new TemplateMiner()];
    const templates = lines.map((line) => templateOf(line).template);
    for (const template of templates.slice(0, cut)) first.add(template);
    for (const template of [...first.templates(), ...templates.slice(cut)]) second.add(template);
    expect(templates.map((template) => second.groupOf(template))).toEqual(found);
  }
});

test('what comes when no more is remembered is of the statements that are known', () => {
  const miner = new TemplateMiner();
  for (const name of ['eve', 'bob', 'ann']) miner.add(`${long}${name}`);
  for (const line of many) miner.add(templateOf(line).template);
  for (let n = 0; miner.size < templates_count_max; n++) miner.add(`word${n.toString(36)}`);
  expect(miner.add(`${long}the disk was full`)).toBe(`${long}eve`);
  expect(miner.add('quite another text of its own')).toBe('quite another text of its own');
  expect(miner.size).toBe(templates_count_max);
});
