import { expect, test } from 'vitest';
import type { Diagnostic } from '../core/diagnostic.ts';
import { DiagnosticPrinter } from './diagnostic-printer.ts';

const bad = (line: number, code = 'bad-line'): Diagnostic => ({
  severity: 'error',
  code,
  message: 'no type= \x1b[31m',
  file: 'audit.log',
  line,
  column: 2,
});

test('shows the first of a kind with their place, and counts the rest', () => {
  const notes: string[] = [];
  const printer = new DiagnosticPrinter({
    print: async () => {},
    note: (text) => notes.push(text),
    noteIsTty: false,
    colour: false,
  });
  let cleared = 0;
  for (let line = 1; line <= 10; line++) printer.show(bad(line), () => cleared++);
  printer.show(bad(0, 'other'), () => cleared++);
  printer.show({ ...bad(0, 'binary'), offset: 0x40 }, () => cleared++);
  printer.end();
  expect(cleared).toBe(5);
  expect(notes[0]).toBe('audit.log:1:2: error: no type= \\x1b[31m [bad-line]\n');
  expect(notes).toContain('audit.log: error: no type= \\x1b[31m [other]\n');
  expect(notes).toContain('audit.log:0x40: error: no type= \\x1b[31m [binary]\n');
  expect(notes.at(-1)).toBe('audit.log: error: bad-line: 7 more\n');
  expect(notes).toHaveLength(6);
});
