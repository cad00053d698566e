import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRegex } from './format-regex.ts';
import { createLmsCfg, type LmsCfg, type LmsNode } from './lms-cfg.ts';
import { createMatcher, MESSAGE_MAX } from './matcher.ts';
import { literalsOf, tamed } from './regex-literals.ts';

function node(id: number, text: string, regex = formatRegex(text).source): LmsNode {
  return { id, text, regex, function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
}

function cfg(nodes: readonly LmsNode[]): LmsCfg {
  return createLmsCfg({ program: 'p', buildId: undefined, nodes }, []);
}

const texts = (list: readonly string[]) => createMatcher(cfg(list.map((text, id) => node(id, text))));

test('the more constant text, the earlier', () => {
  const matcher = texts([
    '%s',
    'Syntax error on %s',
    'AH00526: Syntax error on line %d of %s:',
    'AH00526: %s',
    'other',
  ]);
  const found = matcher.match('AH00526: Syntax error on line 12 of a.conf:');
  expect(found.map(({ node, variables }) => [node.id, variables])).toEqual([
    [2, ['12', 'a.conf']],
    [3, ['Syntax error on line 12 of a.conf:']],
    [0, ['AH00526: Syntax error on line 12 of a.conf:']],
  ]);
});

test('a regex that does not compile is rejected by name, the others work', () => {
  const matcher = createMatcher(cfg([node(1, 'x', '^(x'), node(2, 'y')]));
  expect(matcher.rejected.map((entry) => entry.node.id)).toEqual([1]);
  expect(matcher.match('y')).toHaveLength(1);
});

test('a message over the bound matches nothing', () => {
  expect(texts(['%s']).match('x'.repeat(MESSAGE_MAX + 1))).toEqual([]);
});

describe('equals the naive scan', () => {
  const word = fc.constantFrom(
    'user ',
    'login ',
    'failed',
    ': ',
    'from ',
    'port ',
    'abc',
    'é',
    '(',
    '.*',
    '|',
    '\\',
    'a',
  );
  const conversion = fc.constantFrom('%s', '%d', '%x', '%5d', '%c', '%%');
  const format = fc
    .array(fc.oneof(word, conversion), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));
  const value = fc.constantFrom('eve', '17', '-3', 'user failed', '', 'x');
  const foreign = fc.constantFrom(
    '^user (?:in|out)+.*$',
    'failed',
    '^(a|b)login $',
    '^po?rt [a-z]*$',
    '^x{2}|user',
    '(.*)(.*)ed',
  );

  test('for formats and for regexes by hand', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            format.map((text) => [text, formatRegex(text).source] as const),
            foreign.map((r) => [r, r] as const),
          ),
          { maxLength: 12 },
        ),
        fc.array(fc.oneof(word, value), { maxLength: 8 }),
        fc.nat(11),
        value,
        (patterns, noise, pick, fill) => {
          const nodes = patterns.map(([text, regex], id) => node(id, text, regex));
          const chosen = patterns[pick % Math.max(1, patterns.length)]?.[0]
            .replace(/%[^%]/g, fill)
            .replaceAll('%%', '%');
          const matcher = createMatcher(cfg(nodes));
          for (const message of [noise.join(''), chosen ?? '']) {
            const naive = nodes
              .filter((node) => new RegExp(node.regex, 's').test(message))
              .map((node) => node.id);
            expect(
              matcher
                .match(message)
                .map((match) => match.node.id)
                .sort(),
            ).toEqual(naive.sort());
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['^user (?:in|out)+ab?c.*$', { head: 'user ', literals: ['user ', 'a', 'c'] }],
  ['^a\\.b\\d+c{2}d$', { head: 'a.b', literals: ['a.b', 'd'] }],
  ['a|b', { head: '', literals: [] }],
  ['^[a\\]]x(y[)])z', { head: '', literals: ['x', 'z'] }],
  ['tail$', { head: '', literals: ['tail'] }],
])('constants of %s', (source, expected) => {
  expect(literalsOf(source)).toEqual(expected);
});

test('runs of any text become one, with as many groups', () => {
  expect(tamed('^(.*)(.*)(.*) .*.*\\(.*)$')).toBe('^(.*)()() .*\\(.*)$');
});
