import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FormatDialect, formatRegex } from './format-regex.ts';
import { createLmsCfg, type LmsCfg, type LmsNode } from './lms-cfg.ts';
import { catchAll_nodes_max, createMatcher, message_length_max } from './matcher.ts';

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

test('lines of one text, each by itself and all together', () => {
  const matcher = texts(['up at %d\nTcp port: %d  Unix socket: %s\n%s', '%s']);
  const found = (line: string) => {
    const { node, variables } = matcher.match(line)[0]!;
    return [node.id, variables];
  };
  expect(found('up at 7')).toEqual([0, ['7']]);
  expect(found('Tcp port: 80  Unix socket: /s')).toEqual([0, ['', '80', '/s']]);
  expect(found('up at 7\nTcp port: 80  Unix socket: /s\nx')).toEqual([0, ['7', '80', '/s', 'x']]);
  expect(found('Time')).toEqual([1, ['Time']]);
});

describe('what stands before and after is not the program’s', () => {
  const matcher = texts([
    '%s',
    'Listening on %s',
    ' port %d',
    '%d bytes read',
    'conn %d ',
    'user %s ',
    'ok',
    '%s: not found',
    'cannot open %s for %s',
  ]);
  test.each([
    ['a logger’s prefix', '2026-11-27 12:00 [7] INFO Listening on ::1', [[1, '::1', 26]]],
    ['a number first', '[7] 12 bytes read', [[3, '12', 4]]],
    ['a suffix', '12 bytes read at character 15', [[3, '12', 0]]],
    ['both', 'ERROR:  12 bytes read (os error 5)', [[3, '12', 8]]],
    [
      'two prints',
      'Listening on ::1 port 80',
      [
        [1, '::1 port 80', 0],
        [2, '80', 16],
      ],
    ],
    [
      'three prints',
      'conn 5 user bob ok',
      [
        [4, '5', 0],
        [5, 'bob', 7],
      ],
    ],
    ['a string takes what stands before', 'x: a: not found', [[7, 'x: a', 0]]],
    ['no word is cut', 'Relistening onto', []],
  ])('%s', (_, message, expected) => {
    const found = matcher.match(message).slice(0, -1);
    expect(found.map(({ node, variables, from }) => [node.id, variables[0], from])).toEqual(expected);
  });

  test('a whole match is before a part with more text', () => {
    const found = texts(['open %s', 'cannot open the file x', '%s the file x']).match(
      'I cannot open the file x',
    );
    expect(found.map(({ node, from, to }) => [node.id, from, to])).toEqual([[2, 0, 24]]);
  });
});

test.each<[readonly string[], string, readonly number[]]>([
  [['^user (.*)$', 'failed'], 'user failed', [1, 0]],
  [['^from (.*)$', 'failed'], 'from user failed', [1, 0]],
  [['^user (.*)$', '^(.*)--------$'], 'user --------', [0, 1]],
  [['^user (.*)$', 'failed', '^bytes read$'], 'user failed: bytes read', [1, 0, 2]],
  [['^user(?:s|(.*))$'], 'users', [0]],
])('of %j each is in "%s" once', (regexes, message, expected) => {
  const matcher = createMatcher(cfg(regexes.map((regex, id) => node(id, regex, regex))));
  expect(matcher.match(message).map(({ node }) => node.id)).toEqual(expected);
});

test('all nodes of one text are kept', () => {
  const found = texts(['out of memory', 'x', 'out of memory']).match('out of memory');
  expect(found.map(({ node }) => node.id)).toEqual([0, 2]);
});

test('what any message is comes last, and not without end', () => {
  const many = texts([...Array.from({ length: 1000 }, () => '%s'), 'a %s']);
  const ids = many.match('a b').map(({ node }) => node.id);
  expect(ids.slice(0, 3)).toEqual([1000, 0, 1]);
  expect(ids).toHaveLength(1 + catchAll_nodes_max);
});

test.each([
  ['^(x', 'Invalid regular expression'],
  ['^(?=a)b$', 'at character 2: lookahead'],
  ['^(a)\\1$', 'at character 5: a reference'],
  ['^(?:(?:a{99}b){99}c){99}$', 'at character 1: it has more'],
])('a regex such as %s is rejected with the place, the others work', (regex, reason) => {
  const matcher = createMatcher(cfg([node(1, 'x', regex), node(2, 'y')]));
  expect(matcher.rejected.map((entry) => entry.node.id)).toEqual([1]);
  expect(matcher.rejected[0]!.reason).toContain(reason);
  expect(matcher.match('y')).toHaveLength(1);
});

test('a message over the bound matches nothing, and is counted', () => {
  const matcher = texts(['%s']);
  expect(matcher.match('x'.repeat(message_length_max + 1))).toEqual([]);
  expect(matcher.cut).toEqual({ tooLong: 1, tooDear: 0 });
});

describe('equals the naive scan', () => {
  const word = fc.constantFrom(
    ...[
      'user ',
      'login ',
      'failed',
      ': ',
      'from ',
      'port ',
      'abc',
      'é',
      '😀',
      '(',
      '.*',
      '|',
      '\\',
      'a',
      '\n',
      '\0',
    ],
  );
  const conversion = fc.constantFrom('%s', '%d', '%x', '%5d', '%-5d', '%c', '%%', '%f', '%p', '%.*s', '%*d');
  const format = fc
    .array(fc.oneof(word, conversion), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));
  const value = fc.constantFrom('eve', '17', '-3', 'user failed', '', 'x', '   7', '1.5', '0xff', 'é😀');
  const foreign = fc.constantFrom(
    '^user (?:in|out)+.*$',
    '^user (?:failed|(.*))$',
    'failed',
    '^(a|b)login $',
    '^po?rt [a-z]*$',
    '^x{2}|user',
    '(.*)(.*)ed',
    '^(a+)+b?$',
    '^(?:a|ab)(?:c|bcd)*?.$',
    '^\\w+ \\D*?(\\d+)?\\s?$',
    '^[^\\d\\s]+: (?:user |login ){1,3}.{2,4}$',
    '^(?:.*,)*$',
    '\\buser\\b',
    '^\\p{L}+$',
  );
  const pattern = fc.oneof(
    format.map((text) => [text, formatRegex(text).source] as const),
    foreign.map((regex) => [regex, regex] as const),
  );

  test('for formats and for regexes by hand: the same nodes are the whole, with the same variables', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 12 }),
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
            const naive = nodes.filter((each) =>
              patternsOf(each, message).some((regex) => new RegExp(regex, 'su').test(message)),
            );
            const whole = matcher
              .match(message)
              .filter(({ from, to }) => from === 0 && to === message.length);
            expect(whole.map(({ node }) => node.id).sort()).toEqual(naive.map(({ id }) => id).sort());
            for (const { node, variables } of whole) {
              if (!node.regex.includes('%') && node.text === node.regex) continue;
              const groups = new RegExp(node.regex, 'su').exec(message)?.slice(1);
              if (groups === undefined) continue;
              expect(variables).toEqual(groups.map((group) => group ?? ''));
            }
          }
          expect(matcher.cut).toEqual({ tooLong: 0, tooDear: 0 });
        },
      ),
      { numRuns: 1000 },
    );
  });

  /** A line of a text of several stands for it where it says enough. */
  const patternsOf = ({ text, regex }: LmsNode, message: string): string[] => {
    if (message.includes('\n') || !text.includes('\n')) return [regex];
    const telling = text.split('\n').filter(saysEnough);
    return [regex, ...telling.map((line) => formatRegex(line).source)];
  };
  const saysEnough = (text: string): boolean => {
    const said = text.replace(/%(?:%|[-.*\d]*[a-z])/g, '');
    return said.replace(/[^\p{L}\p{N}]/gu, '').length >= 4;
  };

  const edge = '(?<![\\p{L}\\p{N}\\P{ASCII}](?=[\\p{L}\\p{N}\\P{ASCII}]))';

  test('for parts: found where the regex fits between edges of words, and nothing telling is the whole', () => {
    fc.assert(
      fc.property(
        fc.array(format, { maxLength: 8 }),
        fc.array(fc.oneof(word, value), { maxLength: 8 }),
        (formats, pieces) => {
          const message = pieces.join('');
          const nodes = formats.map((text, id) => node(id, text));
          const naive = nodes.filter(({ text }) => saysEnough(text));
          const found = createMatcher(cfg(nodes)).match(message);
          const fits = (each: LmsNode, around: (regex: string) => string): boolean =>
            patternsOf(each, message).some((regex) => new RegExp(around(regex), 'su').test(message));
          if (naive.some((each) => fits(each, (regex) => regex))) return;
          const within = (regex: string) => `${edge}(?:${regex.slice(1, -1)})${edge}`;
          const parts = naive.filter((each) => fits(each, within));
          const partial = found.filter(({ from, to }) => from > 0 || to < message.length);
          expect(partial.map(({ node }) => node.id).sort()).toEqual(parts.map(({ id }) => id).sort());
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each<[string, string, FormatDialect?]>([
  ['%s %s %s %s %s %s %s %s!', ' '],
  ['%s%d%s%d%s%d!', '1'],
  ['%d%d%d%d%d%d!', '1'],
  ['%5d%5d%5d!', ' '],
  ['%5d %5d %5d !', ' '],
  ['%s %d %s %d!', '1 '],
  ['%s%x%f%s!', 'a'],
  ['%sa%sa%sa%sa%s!', 'a'],
  ["%'d,%'d,%'d!", '1,'],
  ['%-5d %5d %-5d %5d!', '1    '],
  ['%d1%d1%d1!', '1'],
  ['%xa%xa%xa!', 'a'],
  ['%f,%f,%f,%f!', '1,'],
  ['%pI:%pI:%pI:%pI!', ':', 'apr'],
  ['%5c %5p %5c!', ' '],
  ['%pF %pF%pI %pI!', '1 ', 'apr'],
  ['%V, %5i%uA %Xz %V!', '1, ', 'nginx'],
  ['%(a)5d %(b)s%(c)x!', ' 1', 'python-percent'],
  ['{:>5d} {:,d}{:,d} {}!', '1, ', 'python-brace'],
])('%s does not backtrack badly on a run of "%s"', (format, unit, dialect) => {
  const matcher = createMatcher(cfg([node(0, format, formatRegex(format, dialect).source)]));
  const message = unit.repeat(8192).slice(0, message_length_max);
  expect(matcher.match(message).filter(({ to }) => to === message.length)).toEqual([]);
});
