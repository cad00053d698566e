import { expect, test } from 'vitest';
import { formatShape, passesOn, withTexts } from './format-shape.ts';

function check(text: string, conversions: string, constant: number, passes: boolean): void {
  const shape = formatShape(text);
  expect(shape).toEqual({ conversions: [...conversions], constant });
  expect(passesOn(shape)).toBe(passes);
}

test.each([
  ['%s', 's', 0, true],
  ['[%d] %s: %s\n', 'dss', 0, true],
  ['%-*.*s', '**s', 0, true],
  ['100%% of %lu', 'u', 5, false],
  ['failed: %m', '', 6, false],
  ['%2$s %1$s', 'ss', 0, true],
])('%j', (text, conversions, constant, passes) => check(text, conversions, constant, passes));

test('texts stand in the places of conversions, which widths count among', () => {
  const texts = new Map([
    [1, '100%'],
    [2, 'two'],
  ]);
  expect(withTexts('%*s of %s, %m %%, %s', texts)).toBe('100%% of two, %m %%, %s');
});
