import { expect, test } from 'vitest';
import { readMemo, writeMemo } from './agent-memo.ts';

const nothing = { files: '', source: undefined };

test.each([
  { files: '', source: undefined },
  { files: '{"/var/log/a":1}', source: { run: 'capture-1.sock', position: 2 ** 40 } },
])('a memo is read as it was written', (memo) => {
  expect(readMemo(writeMemo(memo))).toEqual(memo);
});

test.each(['', 'null', '7', '{"files":3}', '{"/var/log/a":{}}', '{'])(
  '%s is that of a first start',
  (text) => {
    expect(readMemo(text)).toEqual(nothing);
  },
);

test('a place that is none is forgotten, and files are not', () => {
  expect(readMemo('{"files":"f","source":{"run":"r","position":"1"}}')).toEqual({
    files: 'f',
    source: undefined,
  });
});
