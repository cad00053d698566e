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
])('one group: %s', (_, lines) => {
  expect(new Set(groups(lines)).size).toBe(1);
});

test.each([
  ['two words', ['session was opened for eve', 'session was closed for eve']],
  ['codes', ['AH00558: could not do it', 'AH00559: could not do it']],
  ['calls', ['SSL_set0_chain() failed there', 'X509_lookup() failed there']],
  ['values alone', ['a1_b', 'c2_d']],
])('a group each: %s', (_, lines) => {
  expect(new Set(groups(lines)).size).toBe(lines.length);
});

test('a group that grows keeps its name, and one that joins it has it, too', () => {
  const miner = new TemplateMiner();
  const before = miner.add('session opened for user eve');
  expect(miner.add('session opened for user bob')).toBe('session opened for user bob');
  expect(miner.add('session opened for user ann')).toBe(before);
  expect(miner.groupOf('session opened for user bob')).toBe(before);
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
  expect(miner.add('session opened for user eve1')).toBe('session opened for user eve1');
  expect(miner.add('session opened for user eve2')).toBe('session opened for user eve2');
});
