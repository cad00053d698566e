import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { FunctionPointers } from '../value/function-pointers.ts';
import { programValues } from '../value/program-values.ts';
import { knownFunctions } from './known-functions.ts';
import { findLogSites } from './log-sites.ts';

const messages = [
  'reading %s',
  'cannot open file',
  'port %d is taken',
  'bad user',
  'out of space',
  'going down now',
];
/** Saves vector arguments, as a variadic function does, and writes by itself. */
const variadic = `own:
  [r15 + -64] = r32
  [r15 + -56] = r33
  [r15 + -48] = r34
  [r15 + -40] = r35
  r0 = [connection]
  r1 = ?
  call write
  ret`;

const plainCall = '  r0 = 3\n  r1 = text\n  call own\n  r0 = ?\n';
const usedCall = '  r0 = 3\n  r1 = text\n  call own\n  r2 = r0\n';

/** `call`: the lines of one, `text` in place of its message. */
function check(
  texts: readonly string[],
  logger: string,
  expected: readonly string[],
  call = plainCall,
): void {
  const calls = texts.map((text) => call.replace('text', `"${text}"`)).join('');
  const { image, reader, isa } = toyProgram(`main:\n${calls}  ret\n${logger}`);
  const values = programValues(
    image,
    reader,
    { ...isa, convention: { ...isa.convention, callClobbers } },
    () => {},
  );
  const { found } = findLogSites(values, new FunctionPointers(values), knownFunctions, 5);
  expect(found.map(({ text }) => text)).toEqual(expected);
}

/** With vector registers. */
const callClobbers = [0, 1, 2, 3, 4, 5, 6, 7, 32, 33, 34, 35];

test('a variadic function that is fed messages and can write is a logger', () =>
  check(messages, variadic, messages));

test('so is none that takes a fixed number of arguments', () =>
  check(messages, variadic.replaceAll(/\n {2}\[r15.*/g, ''), []));

const unseen = variadic.replace('call write', 'call strlen');

test('one that is not seen to write is a logger where a message has nowhere to go but out', () =>
  check(messages, unseen, messages, plainCall));

test('it has somewhere to go where what comes back is used', () => {
  check(messages, unseen, [], usedCall);
  check(messages, variadic, messages, usedCall);
});

test('or where something is passed that can take it', () =>
  check(messages, unseen, [], plainCall.replace('r0 = 3', 'r0 = [buffer]')));

test('an import is judged by that alone', () => {
  check(messages, '', messages, plainCall.replace('own', 'elsewhere'));
  check(messages, '', [], usedCall.replace('own', 'elsewhere'));
  check(messages, '', [], plainCall.replace('own', 'strcpy'));
});

test('nor one that is fed names', () =>
  check(['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'], variadic, []));

test('nor one that is called now and then', () => check(messages.slice(0, 5), variadic, []));
