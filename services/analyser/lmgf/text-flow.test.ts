import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { programValues } from '../value/program-values.ts';
import { findFormatters } from './formatters.ts';
import { knownFunctions } from './known-functions.ts';
import { TextFlow, type TextMode } from './text-flow.ts';

/** Where the first argument of the call of `tell` comes from: texts as they are, arguments by number, and how. */
function check(
  source: string,
  expected: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  mode: TextMode = 'text',
): void {
  const { image, reader, isa } = toyProgram(source, variables);
  const program = programValues(image, reader, isa, () => {});
  const flow = new TextFlow(program, knownFunctions, findFormatters(program, knownFunctions));
  const site = program.sites.flat().find(({ name }) => name === 'tell')!;
  const found = flow.sources(site, site.args[0]!, mode).map(({ kind, value, mode: as, formatter }) => {
    const what = kind === 'argument' ? `argument ${value}` : reader.cString(value, 64);
    return `${what} as ${as}${formatter === undefined ? '' : ` by ${formatter.site.name}`}`;
  });
  expect(found).toEqual(expected);
}

test('a constant, and an argument', () => {
  check('main:\n  r0 = "up"\n  call tell\n  ret', ['up as text']);
  check('main:\n  r0 = r1\n  call tell\n  ret', ['argument 1 as format'], {}, 'format');
});

test('what was formatted into a buffer is a format, told by who formats', () =>
  check(
    'main:\n  r0 = r15 + -64\n  r1 = 64\n  r2 = "at %d"\n  call snprintf\n  r0 = r15 + -64\n  call tell\n  ret',
    ['at %d as format by snprintf'],
  ));

test('a buffer that is a variable, or a member of what the function was given', () => {
  check('main:\n  r0 = &line\n  r1 = 64\n  r2 = "at %d"\n  call snprintf\n  r0 = &line\n  call tell\n  ret', [
    ' as text',
    'at %d as format by snprintf',
  ]);
  check(
    'main:\n  r4 = r0\n  [r15 + -8] = r4\n  r0 = r4 + 16\n  r1 = 64\n  r2 = "at %d"\n  call snprintf\n' +
      '  r4 = [r15 + -8]\n  r0 = r4 + 16\n  call tell\n  ret',
    ['at %d as format by snprintf'],
  );
});

test.each<[string, string, string, number, readonly string[]]>([
  ['a prefix that nobody knows', '  r4 = ?', 'r15 + -100', 9, ['told %d as format by sprintf']],
  [
    'a prefix of a known length',
    '  r0 = r15 + -100\n  r1 = "prefix: "\n  call strcpy',
    'r15 + -100',
    8,
    ['prefix:  as text', 'told %d as format by sprintf'],
  ],
  [
    'a formatted prefix, with room behind it',
    '  r0 = r15 + -100\n  r1 = 90\n  r2 = "[%d] "\n  call snprintf',
    'r15 + -100',
    4,
    ['[%d]  as format by snprintf', 'told %d as format by sprintf'],
  ],
  [
    'another buffer behind a full one',
    '  r0 = r15 + -100\n  r1 = 8\n  r2 = "[%d] "\n  call snprintf',
    'r15 + -100',
    8,
    ['[%d]  as format by snprintf'],
  ],
  ['another buffer far behind', '  r4 = ?', 'r15 + -100', 80, []],
])('behind %s', (_name, first, buffer, distance, expected) => {
  const second = `  r0 = r15 + ${distance - 100}\n  r1 = "told %d"\n  call sprintf`;
  check(`main:\n${first}\n${second}\n  r0 = ${buffer}\n  call tell\n  ret`, expected);
});

test('a copy is the text that was copied', () =>
  check('main:\n  r0 = r15 + -64\n  r1 = "copied"\n  call strcpy\n  r0 = r15 + -64\n  call tell\n  ret', [
    'copied as text',
  ]));

test('a translation gives what it is given', () =>
  check('main:\n  r0 = "hello"\n  call gettext\n  call tell\n  ret', ['hello as text']));

test('a function that chooses a text gives each of them, and what it is given', () => {
  check('main:\n  call name\n  call tell\n  ret\nname:\n  r1 = "one"\n  r0 = "two"\n  r0 ?= r1\n  ret', [
    'one as text',
    'two as text',
  ]);
  check('main:\n  r0 = "given"\n  call same\n  call tell\n  ret\nsame:\n  ret', ['given as text']);
});

test('a variable is what was stored there, and what the file holds', () =>
  check(
    'main:\n  r1 = "later"\n  [state] = r1\n  r0 = [state]\n  call tell\n  ret',
    ['later as text', 'first as text'],
    {
      state: 'first',
    },
  ));

test('what goes round comes to an end', () =>
  check('main:\n  r0 = [state]\n  [state] = r0\n  r0 = [state]\n  call tell\n  ret', ['first as text'], {
    state: 'first',
  }));

test('what nobody knows comes from nowhere', () => check('main:\n  r0 = ?\n  call tell\n  ret', []));
