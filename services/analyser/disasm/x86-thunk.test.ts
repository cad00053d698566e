import { expect, test } from 'vitest';
import { loweredText } from '../../../test/fixture/micro-op-text.ts';
import { x86 } from './x86-lowering.ts';

function check(bytes: string, expected: readonly string[]): void {
  expect(loweredText(x86, bytes)).toEqual(expected);
}

test.each([
  ['gcc, through rax', 'e8 07 00 00 00 f3 90 0f ae e8 eb f9 48 89 04 24 c3', ['jumpRegister r0']],
  ['gcc, through r11', 'e8 07 00 00 00 f3 90 0f ae e8 eb f9 4c 89 1c 24 c3', ['jumpRegister r11']],
  ['gcc, return', 'e8 07 00 00 00 f3 90 0f ae e8 eb f9 48 8d 64 24 08 c3', ['ret']],
  ['gcc, return, the other form', 'e8 07 00 00 00 f3 90 0f ae e8 eb f9 48 83 c4 08 c3', ['ret']],
  [
    'clang, through r11, with padding',
    `e8 0b 00 00 00 f3 90 0f ae e8 eb f9 ${'cc '.repeat(4)} 4c 89 1c 24 c3`,
    ['jumpRegister r11'],
  ],
  [
    'inline: code goes on behind it',
    'e8 07 00 00 00 f3 90 0f ae e8 eb f9 48 89 04 24 c3 31 c0',
    ['jumpRegister r0', 'r0 = 0'],
  ],
])('%s', (_name, bytes, expected) => check(bytes, expected));

test.each([
  ['a call over something else', 'e8 02 00 00 00 90 90 c3', ['call 0x1007', 'ret']],
  ['a call back', 'e8 f0 ff ff ff f3 90 eb fc', ['call 4085', 'jump 0x1005']],
])('%s is none', (_name, bytes, expected) => check(bytes, expected));
