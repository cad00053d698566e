import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { createLmsCfg } from '../../core/lms/lms-cfg.ts';
import { knownFunctions } from '../lmgf/known-functions.ts';
import { findLogSites } from '../lmgf/log-sites.ts';
import { buildLmsCfg } from '../lms-cfg/build-lms-cfg.ts';
import { callTargets } from '../value/call-targets.ts';
import { FunctionPointers } from '../value/function-pointers.ts';
import { ImportCallbacks } from '../value/import-callbacks.ts';
import { programValues } from '../value/program-values.ts';
import { logProgram } from './log-program.ts';

/** `text -> texts` for each line in the order of the code. */
function check(
  source: string,
  expected: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): void {
  const { image, reader, isa } = toyProgram(source, variables);
  const values = programValues(image, reader, isa, () => {});
  const pointers = new FunctionPointers(values);
  const logs = findLogSites(values, pointers, knownFunctions, 5);
  const callbacks = new ImportCallbacks(values, pointers);
  const program = logProgram(values, callTargets(values, pointers), callbacks, logs);
  const { sites, graph } = buildLmsCfg(program, 5);
  const nodes = sites.map(({ text, regex, address }, id) => ({
    ...{ id, text, regex, address, function: undefined },
    ...{ loopStart: false, loopEnd: false, endSyscalls: [] },
  }));
  const { successors } = createLmsCfg({ program: 'toy', buildId: undefined, nodes }, graph.links);
  const found = nodes.map(
    ({ id, text }) =>
      `${text} -> ${successors(id)
        .map((to) => nodes[to]!.text)
        .join(', ')}`,
  );
  expect(found.map((line) => line.trimEnd())).toEqual(expected);
}

const say = (text: string): string => `  r0 = "${text}"\n  call puts`;

test('lines follow each other in the order of the code, and through calls', () =>
  check(`main:\n${say('first')}\n  call middle\n${say('last')}\n  ret\nmiddle:\n${say('between')}\n  ret`, [
    'first -> between',
    'last ->',
    'between -> last',
  ]));

test('a branch leads to either line', () =>
  check(`main:\n${say('start')}\n  if other\n${say('left')}\n  ret\n other:\n${say('right')}\n  ret`, [
    'start -> left, right',
    'left ->',
    'right ->',
  ]));

test('nothing follows a call that never comes back', () =>
  check(`main:\n${say('start')}\n  if other\n${say('fatal')}\n  call exit\n other:\n${say('on')}\n  ret`, [
    'start -> fatal, on',
    'fatal ->',
    'on ->',
  ]));

test('a merged call prints what was put for it where control came from', () =>
  check(
    `main:\n  if other\n${say('a one')}\n  r0 = "a two"\n  jump end\n other:\n${say('b one')}\n  r0 = "b two"\n end:\n  call puts\n  ret`,
    ['a one -> a two', 'b one -> b two', 'a two ->', 'b two ->'],
  ));

test('a call through a variable leads into the function that it holds', () =>
  check(
    `main:\n${say('start')}\n  r4 = [hook]\n  call r4\n${say('end')}\n  ret\nhook1:\n${say('hooked')}\n  ret`,
    ['start -> end, hooked', 'end ->', 'hooked -> end'],
    { hook: 'hook1' },
  ));

test('a call through a pointer of which nothing is known runs what was put at its distance, not what was moved there', () =>
  check(
    [
      `main:\n${say('start')}\n  r8 = ?\n  r4 = &put\n  [r8 + 16] = r4`,
      '  r4 = &table\n  [current] = r4\n  r9 = [current]\n  r5 = [r9 + 0]\n  [r8 + 24] = r5',
      `  r7 = [r8 + 16]\n  call r7\n${say('middle')}\n  r7 = [r8 + 24]\n  call r7\n${say('end')}\n  ret`,
      `put:\n${say('put')}\n  ret\nmoved:\n${say('moved')}\n  ret`,
    ].join('\n'),
    ['start -> middle, put', 'middle -> end', 'end ->', 'put -> middle', 'moved ->'],
    { table: 'moved' },
  ));

const open = `open:\n${say('try')}\n  if bad\n  r0 = 5\n  ret\n bad:\n${say('bad')}\n  r0 = -1\n  ret`;
const tested = `  r0 == 0\n  if less failed\n${say('opened')}\n  ret\n failed:\n${say('failed')}\n  ret`;

test('what follows a call is what its result leads to', () =>
  check(`main:\n  call open\n${tested}\n${open}`, [
    'opened ->',
    'failed ->',
    'try -> opened, bad',
    'bad -> failed',
  ]));

test('also where a function between gives it back as it is, or after a register or the stack kept it', () => {
  const expected = ['opened ->', 'failed ->', 'try -> opened, bad', 'bad -> failed'];
  const kept = '  r9 = r0\n  call other\n  r0 = r9';
  const onStack = '  [r15 + -24] = r0\n  call other\n  r0 = [r15 + -24]';
  for (const body of ['', `${kept}\n`, `${onStack}\n`]) {
    check(`main:\n  call middle\n${tested}\nmiddle:\n  call open\n${body}  ret\n${open}`, expected);
  }
});

test('a result that is not known leads either way', () =>
  check(`main:\n  call open\n  r0 = ?\n${tested}\n${open}`, [
    'opened ->',
    'failed ->',
    'try -> opened, failed, bad',
    'bad -> opened, failed',
  ]));

test('what a call may have changed is not known', () =>
  check(
    `main:\n  r4 = 0\n${say('start')}\n  r4 == 0\n  if equal other\n${say('on')}\n  ret\n other:\n  ret`,
    ['start -> on', 'on ->'],
  ));

test('two conditions on one number go the same way', () =>
  check(
    `main:\n  r8 = [flag]\n${say('start')}\n  r8 == 3\n  if notEqual less\n${say('three')}\n less:\n  r8 == 3\n  if equal end\n${say('not three')}\n end:\n${say('end')}\n  ret`,
    ['start -> three, not three', 'three -> end', 'not three -> end', 'end ->'],
  ));

test('a number that changes in between is another one', () =>
  check(
    `main:\n  r8 = [flag]\n${say('start')}\n  r8 == 3\n  if notEqual less\n${say('three')}\n less:\n  r8 = [flag]\n  r8 == 3\n  if equal end\n${say('not three')}\n end:\n${say('end')}\n  ret`,
    ['start -> three, not three, end', 'three -> not three, end', 'not three -> end', 'end ->'],
  ));

test('a loop that counts goes on to its end', () =>
  check(
    `main:\n  r8 = 0\n next:\n${say('turn')}\n  r8 = r8 + 1\n  r8 == 3\n  if less next\n${say('end')}\n  ret`,
    ['turn -> turn, end', 'end ->'],
  ));

const detail = (n: number): string =>
  `  r8 = [level]\n  r8 == 0\n  if equal past${n}\n${say(`detail ${n}`)}\n past${n}:\n`;
const choice = `${say('left')}\n  jump out\n right:\n${say('right')}\n out:\n${say('end')}\n  ret`;

test('what only says how much is logged is set, also where no line stands right behind', () =>
  check(
    `main:\n${[1, 2, 3, 4].map(detail).join('')}  r8 = [level]\n  r8 == 0\n  if equal out\n  r9 = ?\n  r9 == 0\n  if equal right\n${choice}`,
    [
      'detail 1 -> detail 2',
      'detail 2 -> detail 3',
      'detail 3 -> detail 4',
      'detail 4 -> left, right',
      'left -> end',
      'right -> end',
      'end ->',
    ],
  ));

test('what mostly says so and something else besides is set only where a line stands right behind', () => {
  const other = (n: number): string =>
    `  r8 = [level]\n  r8 == 0\n  if equal out\n  r9 = ?\n  r9 == ${n}\n  if equal out\n`;
  check(
    `main:\n${[1, 2, 3, 4].map(detail).join('')}${other(1)}${other(2)}  r9 == 0\n  if equal right\n${choice}`,
    [
      'detail 1 -> detail 2',
      'detail 2 -> detail 3',
      'detail 3 -> detail 4',
      'detail 4 -> left, right, end',
      'left -> end',
      'right -> end',
      'end ->',
    ],
  );
});
