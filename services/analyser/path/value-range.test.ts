import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Condition, opposite } from '../disasm/micro-op.ts';
import { outcomeOf, outcomeRange } from './outcome.ts';
import { anyNumber, exactly, rangeOf, type ValueRange, withCondition } from './value-range.ts';

const holds: Readonly<Record<number, (n: number, than: number) => boolean>> = {
  [Condition.equal]: (n, than) => n === than,
  [Condition.notEqual]: (n, than) => n !== than,
  [Condition.less]: (n, than) => n < than,
  [Condition.notLess]: (n, than) => n >= than,
  [Condition.greater]: (n, than) => n > than,
  [Condition.notGreater]: (n, than) => n <= than,
  [Condition.below]: (n, than) => n >>> 0 < than >>> 0,
  [Condition.notBelow]: (n, than) => n >>> 0 >= than >>> 0,
  [Condition.above]: (n, than) => n >>> 0 > than >>> 0,
  [Condition.notAbove]: (n, than) => n >>> 0 <= than >>> 0,
  [Condition.negative]: (n, than) => ((n - than) | 0) < 0,
  [Condition.notNegative]: (n, than) => ((n - than) | 0) >= 0,
};

const near = fc.integer({ min: -20, max: 20 });
const far = fc.constantFrom(-(2 ** 31), 2 ** 31 - 1);
const number = fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: far });
const condition = fc.constantFrom(...Object.values(Condition));
const step = fc.record({ condition, than: number });

function has({ low, high, not }: ValueRange, n: number): boolean {
  return n >= low && n <= high && n !== not;
}

test('what meets conditions stays in the range that they leave', () => {
  fc.assert(
    fc.property(number, fc.array(step, { maxLength: 6 }), (n, steps) => {
      let range: ValueRange | undefined = anyNumber;
      for (const { condition: asked, than } of steps) {
        const met = holds[asked]!(n, than) ? asked : opposite(asked);
        range = withCondition(range, met, than);
        expect(range !== undefined && has(range, n)).toBe(true);
        if (range === undefined) return;
      }
      expect(has(outcomeRange(outcomeOf(range)), n)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['less', 0, 1],
  ['below', 3, 5],
  ['below', 0, 7],
  ['equal', 1, 2],
  ['notEqual', 4, 4],
  ['negative', 0, 0],
  ['above', 0, 0],
] as const)('%s %i does not hold of %i', (name, than, n) => {
  expect(withCondition(exactly(n), Condition[name], than)).toBeUndefined();
});

test('a bound that it is not moves inwards', () => {
  expect(rangeOf(0, 5, 0)).toEqual({ low: 1, high: 5, not: undefined });
  expect(rangeOf(0, 5, 5)).toEqual({ low: 0, high: 4, not: undefined });
  expect(rangeOf(3, 3, 3)).toBeUndefined();
});

test.each([
  [exactly(-2), exactly(-2)],
  [exactly(500), { ...anyNumber, low: 1 }],
  [exactly(-500), { ...anyNumber, high: -1 }],
  [
    { ...anyNumber, not: 0 },
    { ...anyNumber, not: 0 },
  ],
  [{ ...anyNumber, not: 7 }, anyNumber],
])('%o is told as %o', (range, told) => expect(outcomeRange(outcomeOf(range))).toEqual(told));
