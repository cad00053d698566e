import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LogFunctionTable } from './log-function-table.ts';

const own = new URL('../analyser/lmgf/known-functions.json', import.meta.url);

test('the product’s own table is one', () => {
  const table = LogFunctionTable.parse(JSON.parse(readFileSync(own, 'utf8')));
  expect(table.functions.length).toBeGreaterThan(50);
});

test.each<[string, unknown, string, string]>([
  [
    'a row without names',
    { functions: [['', { role: 'log', text: 0 }]] },
    'functions.0.0',
    'no list of names',
  ],
  ['two spaces', { functions: [['a  b', { role: 'log', text: 0 }]] }, 'functions.0.0', 'one space'],
  ['an unknown role', { functions: [['a', { role: 'print', text: 0 }]] }, 'functions.0.1.role', 'log'],
  ['nothing that is printed', { functions: [['a', { role: 'log' }]] }, 'functions.0.1.format', 'missing'],
  [
    'no destination',
    { functions: [['a', { role: 'copy', text: 1 }]] },
    'functions.0.1.destination',
    'missing',
  ],
  [
    'values of no format',
    { functions: [['a', { role: 'log', text: 0, values: 1 }]] },
    'functions.0.1.values',
    'without',
  ],
  ['an argument too far', { functions: [['a', { role: 'log', text: 12 }]] }, 'functions.0.1.text', '11'],
  ['a word nobody knows', { functions: [['a', { role: 'log', txt: 1, text: 0 }]] }, 'functions.0.1', 'txt'],
  [
    'a dialect nobody speaks',
    { functions: [['a', { role: 'log', format: 0, dialect: 'x' }]] },
    'functions.0.1.dialect',
    'nginx',
  ],
])('%s is refused with its place', (_name, table, path, message) => {
  const { error } = LogFunctionTable.safeParse(table);
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  expect(error?.issues[0]?.message).toContain(message);
});
