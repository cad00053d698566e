import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRegex } from './format-regex.ts';

function groups(format: string, message: string): readonly string[] | undefined {
  return new RegExp(formatRegex(format).source, 's').exec(message)?.slice(1);
}

test('the pattern of a plain format reads like it', () => {
  const { source, types } = formatRegex('AH00526: Syntax error on line %d of %s:');
  expect(source).toBe('^AH00526: Syntax error on line (-?[0-9]+) of (.*):$');
  expect(types).toEqual(['int', 'str']);
});

describe.each([
  ['%d%% of %s', '12% of disk', ['12', 'disk']],
  ['[%5d]', '[   12]', ['   12']],
  ['[%-5d]', '[12   ]', ['12   ']],
  ['%+d', '+4', ['+4']],
  ['%08x', '00ff00ab', ['00ff00ab']],
  ['%#lx at %p', '0xff at 0x7ffe', ['0xff', '0x7ffe']],
  ['%.*s|%*d', 'abc|   7', ['abc', '   7']],
  ['%2$s is %1$d', 'x is 3', ['x', '3']],
  ['%s: %m', 'open: No such file', ['open', 'No such file']],
  ['client %pI: %pm (%pp)', 'client 192.0.2.1:80: refused (7f00)', ['192.0.2.1:80', 'refused', '7f00']],
  ['%lu/%zu/%lld/%hhu', '1/2/-3/4', ['1', '2', '-3', '4']],
  ['%.3f %e %g', '1.500 1e+10 nan', ['1.500', '1e+10', 'nan']],
  ['%c=%c', 'a=b', ['a', 'b']],
  ['a (b) [c] {d} $^ . * + ? | \\ /%n', 'a (b) [c] {d} $^ . * + ? | \\ /', []],
  ['100%', '100%', []],
  ['%y', '%y', []],
  ['%s%s', 'ab', ['ab', '']],
  ['%s', 'two\nlines', ['two\nlines']],
  ['%s at %s line %d', 'x at y at z line 3', ['x', 'y at z', '3']],
  ['%d-%d', '3--4', ['3', '-4']],
  ['%02d%02d', '0512', ['0512', '']],
])('%s', (format, message, expected) => {
  test('matches', () => {
    expect(groups(format, message)).toEqual(expected);
    expect(formatRegex(format).types).toHaveLength(expected.length);
  });
});

test.each([
  ['line %d', 'line x'],
  ['a%sb', 'a'],
  ['%d', '12x'],
  ['a.c', 'abc'],
])('%s does not match %s', (format, message) => {
  expect(groups(format, message)).toBeUndefined();
});

test('what a format prints is matched by its pattern', () => {
  const word = fc.stringMatching(/^[a-z %.()]{0,8}$/);
  const part = fc.oneof(
    word.map((text) => ['literal', text] as const),
    fc.string({ maxLength: 8 }).map((text) => ['%s', text] as const),
    fc.integer().map((number) => ['%d', String(number)] as const),
    fc.nat().map((number) => ['%5u', String(number).padStart(5)] as const),
    fc.nat().map((number) => ['%x', number.toString(16)] as const),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      // A string that holds the constant after it, before a number, is the one case an atomic gap may cut too early.
      const separated = parts.flatMap(([kind, text], index): (readonly [string, string])[] =>
        kind === 'literal'
          ? [[kind, text] as const]
          : [[kind, text] as const, ['literal', `\u0001${index}\u0001`] as const],
      );
      const format = separated
        .map(([kind, text]) => (kind === 'literal' ? text.replaceAll('%', '%%') : kind))
        .join('');
      const message = separated.map(([, text]) => text).join('');
      expect(groups(format, message)).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['%s %s %s %s %s %s %s %s!', ' '],
  ['%s%d%s%d%s%d!', '1'],
  ['%d%d%d%d%d%d!', '1'],
  ['%5d%5d%5d!', ' '],
  ['%5d %5d %5d !', ' '],
  ['%s %d %s %d!', '1 '],
  ['%s%x%f%s!', 'a'],
  ['%sa%sa%sa%sa%s!', 'a'],
])('%s does not backtrack badly on a run of "%s"', (format, unit) => {
  const pattern = new RegExp(formatRegex(format).source, 's');
  expect(pattern.test(unit.repeat(8192))).toBe(false);
});
