import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FormatDialect, formatRegex } from './format-regex.ts';

function groups(format: string, message: string, dialect?: FormatDialect): readonly string[] | undefined {
  return new RegExp(formatRegex(format, dialect).source, 's').exec(message)?.slice(1);
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
  ["%'d of %'.2f", '1,234 of 5,678.90', ['1,234', '5,678.90']],
  ['[%3c] [%10p]', '[  x] [    0x7ff]', ['  x', '    0x7ff']],
  ['%pI', '0x7ffeI', ['0x7ffe']],
  ['%1$*2$d|%3$.*4$s|', '   7|abc|', ['   7', 'abc']],
  ['%jd %td %hhd %Lf %a', '1 2 3 4.5 0x1.8p+1', ['1', '2', '3', '4.5', '0x1.8p+1']],
  ['%ls%lc.', 'wide!.', ['wide!', '']],
  ['%#x %#o %#b', '0x1f 017 0b11', ['0x1f', '017', '0b11']],
  ['%s1 of %s', 'a1 of b', ['a', 'b']],
  ['could not fork: %m', 'could not fork: Resource', ['Resource']],
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

describe.each<[FormatDialect, string, string, string[]]>([
  [
    'apr',
    'client %pI: %pm (%pp)',
    'client 192.0.2.1:80: refused (7f00)',
    ['192.0.2.1:80', 'refused', '7f00'],
  ],
  ['apr', '%pA took %pF in %pT/%pt', '192.0.2.1 took 5.2K in 77/4d', ['192.0.2.1', '5.2K', '77', '4d']],
  ['apr', 'AH%05d: %lu %" APR_OFF_T_FMT', 'AH00001: 7 %" APR_OFF_T_FMT', ['00001', '7']],
  ['nginx', 'open() "%V" failed', 'open() "/a b" failed', ['/a b']],
  ['nginx', '%v=%s %*s', 'a=b cd', ['a', 'b', 'cd']],
  ['nginx', '*%uA %ui %uxD %xd %Xz', '*17 3 ff 1f AB', ['17', '3', 'ff', '1f', 'AB']],
  ['nginx', '%T %O %P %i %M', '1700000000 -1 77 -3 60000', ['1700000000', '-1', '77', '-3', '60000']],
  ['nginx', '%03i:%3i %.3f %p', '007:  7 1.500 00007F00AB', ['007', '  7', '1.500', '00007F00AB']],
  ['nginx', '%xV %c %%%Z', '00ff x %', ['00ff', 'x']],
  ['nginx', 'one%Ntwo%N', 'one\ntwo', []],
  ['nginx', 'a%yb', 'ayb', []],
  ['python-percent', '%(user)s has %(n)5d of %r', "eve has    -3 of 'x'", ['eve', '   -3', "'x'"]],
  ['python-percent', '%x %-4u| %.1f%%', '-ff 3   | 0.5%', ['-ff', '3   ', '0.5']],
  ['python-brace', '{} and {0.name!r:>10} {{}}', 'a and b {}', ['a', 'b']],
  ['python-brace', '{n:d} {n:>5d} {n:,d} {n:#x}', '1    -2 1,234 0xff', ['1', '   -2', '1,234', '0xff']],
  ['python-brace', '{a[k:d]} {x:8.{p}f} {y:*^9}!', 'v  1.50 **mid**!', ['v', ' 1.50', '**mid**']],
  ['python-brace', '{r:.1%} {open', '12.5% {open', ['12.5%']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template is what is tested
  ['template', 'user ${u.name} of ${f({a: 1})} $5 {x}', 'user eve of 7 $5 {x}', ['eve', '7']],
])('%s: %s', (dialect, format, message, expected) => {
  test('matches', () => {
    expect(groups(format, message, dialect)).toEqual(expected);
    expect(formatRegex(format, dialect).types).toHaveLength(expected.length);
    // As strictly as a profile reads it.
    expect(() => new RegExp(formatRegex(format, dialect).source, 'u')).not.toThrow();
  });
});

test.each<FormatDialect>(['c', 'apr', 'nginx', 'python-percent', 'python-brace', 'template'])(
  'in %s any text gives a regex, and a text without conversions one that it matches',
  (dialect) => {
    const word = fc.constantFrom(
      '%',
      '%%',
      '%s',
      '%5d',
      '%*',
      '{',
      '}',
      '{}',
      '{:>5d}',
      '${',
      '[',
      '\\',
      '\n',
      'é',
      '1$',
      'x',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 }),
        (words) => {
          const { source } = formatRegex(words.join(''), dialect);
          expect(() => new RegExp(source, 'u')).not.toThrow();
          const plain = words.join('').replace(/[%{}$]/g, '');
          expect(groups(plain, plain, dialect)).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  },
);

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
