import { expect, test } from 'vitest';
import { safeLabel, safeText } from './safe-text.ts';

test.each([
  ['plain text, ünïcode and 漢字 🎈', 'plain text, ünïcode and 漢字 🎈'],
  ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
  ['a\r\nb\tc\0', 'a\\r\\nb\\tc\\x00'],
  ['\x9b31m', '\\x9b31m'],
  ['safe\u202egnp.exe', 'safe\\u202egnp.exe'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['lone\ud800', 'lone\\ud800'],
])('%j is shown as %j', (text, shown) => {
  expect(safeText(text)).toBe(shown);
});

test('nothing that a terminal acts on is left, whatever the input', () => {
  let all = '';
  for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code);
  expect(safeText(all)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
});

test('a label is cut by characters, not within one, and says so', () => {
  expect(safeLabel('🎈'.repeat(5), 5)).toBe('🎈'.repeat(5));
  expect(safeLabel('🎈'.repeat(6), 5)).toBe(`${'🎈'.repeat(4)}…`);
  expect(safeLabel('\x1b'.repeat(3), 2)).toBe('\\x1b…');
});
