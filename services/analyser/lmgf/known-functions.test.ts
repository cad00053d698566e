import { expect, test } from 'vitest';
import type { LogFunctionTable } from '../../contract/log-function-table.ts';
import { type KnownFunctions, knownFunctions, withTable } from './known-functions.ts';

const known: KnownFunctions = new Map([
  ['puts', { role: 'log', text: 0 }],
  ['write', { role: 'log', text: 1, descriptor: 0 }],
]);

function check(functions: LogFunctionTable['functions'], expected: Readonly<Record<string, object>>): void {
  expect(Object.fromEntries(withTable(known, { functions }))).toEqual(expected);
  expect(known.size).toBe(2);
}

test.each<[string, LogFunctionTable['functions'], Readonly<Record<string, object>>]>([
  ['nothing', [], Object.fromEntries(known)],
  [
    'a new function, by two names',
    [['tell ask', { role: 'log', format: 1, values: 2 }]],
    {
      ...Object.fromEntries(known),
      tell: { role: 'log', format: 1, values: 2 },
      ask: { role: 'log', format: 1, values: 2 },
    },
  ],
  [
    'a known function, in other words',
    [['puts', { role: 'log', text: 2 }]],
    { ...Object.fromEntries(known), puts: { role: 'log', text: 2 } },
  ],
  [
    'one that is none, whatever its calls look like',
    [['write none', { role: 'none' }]],
    { puts: { role: 'log', text: 0 }, write: { role: 'none' }, none: { role: 'none' } },
  ],
  [
    'a later row over an earlier one',
    [
      ['puts', { role: 'none' }],
      ['puts', { role: 'log', text: 1 }],
    ],
    { write: { role: 'log', text: 1, descriptor: 0 }, puts: { role: 'log', text: 1 } },
  ],
])('a table adds %s', (_name, functions, expected) => check(functions, expected));

test('the product’s table names each function once, and prints with printf', () => {
  expect(knownFunctions.get('printf')).toEqual({ role: 'log', format: 0, values: 1 });
});
