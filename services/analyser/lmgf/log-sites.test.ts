import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { FunctionPointers } from '../value/function-pointers.ts';
import { programValues } from '../value/program-values.ts';
import { knownFunctions } from './known-functions.ts';
import { findLogSites } from './log-sites.ts';

/** `function: text < log function`, in the order of the code. */
function check(
  source: string,
  expected: readonly string[],
  { bt = 5, variables = {} }: { bt?: number; variables?: Readonly<Record<string, string>> } = {},
): void {
  const { image, reader, isa } = toyProgram(source, variables);
  const values = programValues(image, reader, isa, () => {});
  const { found } = findLogSites(values, new FunctionPointers(values), knownFunctions, bt);
  const sites = found.toSorted((a, b) => a.site.at - b.site.at || (a.text < b.text ? -1 : 1));
  expect(
    sites.map(({ site, text, lmgf }) => `${values.found.functions[site.fn]!.name}: ${text} < ${lmgf}`),
  ).toEqual(expected);
}

const wrapped = `main:
  r0 = "hello %d"
  call outer
  ret
outer:
  r1 = r0
  call inner
  ret
inner:
  r0 = 3
  call syslog
  ret`;

test('a constant at a known function', () =>
  check('main:\n  r0 = "up\\n"\n  call puts\n  ret', ['main: up < puts']));

test('a wrapper counts from the depth on that reaches it', () => {
  check(wrapped, [], { bt: 0 });
  check(wrapped, [], { bt: 1 });
  check(wrapped, ['main: hello %d < syslog'], { bt: 2 });
});

test('both texts of a choice, and those of a table of variables', () => {
  check('main:\n  r0 = "yes it is"\n  r1 = "no it is not"\n  r0 ?= r1\n  call puts\n  ret', [
    'main: no it is not < puts',
    'main: yes it is < puts',
  ]);
  check('main:\n  r0 = [banner]\n  call puts\n  ret', ['main: welcome here < puts'], {
    variables: { banner: 'welcome here' },
  });
});

test('through a buffer that was formatted before', () =>
  check(
    'main:\n  r0 = r15 + -64\n  r1 = 64\n  r2 = "got %d"\n  r3 = 1\n  call snprintf\n  r0 = r15 + -64\n  call puts\n  ret',
    ['main: got %d < puts'],
  ));

test('through a translation', () =>
  check('main:\n  r0 = "good day"\n  call gettext\n  call puts\n  ret', ['main: good day < puts']));

test('what is written to a connection is none, what is written to standard error is one', () => {
  const written = (descriptor: string): string =>
    `main:\n  ${descriptor}\n  r1 = "some words"\n  r2 = 10\n  call write\n  ret`;
  check(written('r0 = 2'), ['main: some words < write']);
  check(written('r0 = 7'), []);
  check(`main:\n  call accept\n  r1 = "some words"\n  r2 = 10\n  call write\n  ret`, []);
  check(written('r0 = [log_file]'), ['main: some words < write']);
});

test('a message handed to `%s` is told where it comes from', () =>
  check(
    'main:\n  r0 = "the disk is full"\n  call say\n  ret\nsay:\n  r1 = r0\n  r0 = "%s\\n"\n  call printf\n  ret',
    ['main: the disk is full < printf'],
  ));

test('through a pointer to a wrapper', () =>
  check(
    'main:\n  r4 = [logger]\n  r0 = "called back"\n  call r4\n  ret\nsay:\n  call puts\n  ret',
    ['main: called back < puts'],
    { variables: { logger: 'say' } },
  ));

/** A text that grows behind a pointer in a structure, and what writes it. */
const builder = `add:
  r5 = [r0]
  r6 = [r0 + 8]
  r0 = r5 + r6
  call memcpy
  ret
held:
  r0 = [r0]
  ret
print:
  [r15 + -8] = r1
  call held
  r1 = r0
  r0 = [r15 + -8]
  call write
  ret`;

const added = (text: string): string => `  r0 = &line\n  r1 = ${text}\n  call add\n`;

test('a text put together in an object, by every way to where it is written', () =>
  check(
    `main:\n${added('"user "')}${added('r7')}  if known\n${added('" is new"')}  jump out\n known:\n` +
      `${added('" came back"')} out:\n${added('"\\n"')}  r0 = &line\n  r1 = [log_file]\n  call print\n  ret\n${builder}`,
    ['main: user %s came back < write', 'main: user %s is new < write'],
  ));

test('a part that another function puts to it counts there', () =>
  check(
    `main:\n  call part\n  r0 = &line\n  r1 = 2\n  call print\n  ret\npart:\n${added('"was here, 100%"')}  ret\n${builder}`,
    ['part: was here, 100%% < write'],
  ));

test('what is put together for a connection is none', () =>
  check(`main:\n${added('"220 welcome"')}  r0 = &line\n  r1 = 0\n  call print\n  ret\n${builder}`, []));

const sentences = `main:
  r0 = "AB001: "
  r1 = "the disk is full"
  call complain
  r0 = "AB002: "
  r1 = "100% of it is lost"
  call complain
  r1 = ?
  call complain
  ret
complain:
  r3 = r1
  r2 = r0
  r1 = "%serror from %s"
  r0 = 3
  call syslog
  ret`;

test('parts of a sentence stand in their places, told of the callers that give them', () =>
  check(sentences, [
    'main: AB001: error from the disk is full < syslog',
    'main: AB002: error from 100%% of it is lost < syslog',
    'main: %serror from %s < syslog',
  ]));

test('of several in one place, each; what no code names is a value', () => {
  const code = (one: string, other: string): string =>
    `main:\n  r2 = "${one}"\n  r3 = "${other}"\n  r2 ?= r3\n  r1 = "giving up, %s"\n  r0 = 3\n  call syslog\n  ret`;
  check(code('AB-001: it is late', 'AB-002: it is early'), [
    'main: giving up, AB-001: it is late < syslog',
    'main: giving up, AB-002: it is early < syslog',
  ]);
  check(code('it is late', 'it is early'), ['main: giving up, %s < syslog']);
});
