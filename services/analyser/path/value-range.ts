/**
 * What is known of a 32-bit number: its bounds, and one number that it is not. It must not know where numbers come
 * from.
 */
import { Condition } from '../disasm/micro-op.ts';

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  readonly not: number | undefined;
}

const low_min = -(2 ** 31);
const high_max = 2 ** 31 - 1;

export const anyNumber: ValueRange = { low: low_min, high: high_max, not: undefined };

export function exactly(n: number): ValueRange {
  return { low: n, high: n, not: undefined };
}

/** Undefined where nothing is left. */
export function rangeOf(low: number, high: number, not?: number): ValueRange | undefined {
  const from = low === not ? low + 1 : low;
  const to = high === not ? high - 1 : high;
  if (from > to) return undefined;
  return { low: from, high: to, not: not !== undefined && not > from && not < to ? not : undefined };
}

/** What is left where `condition` holds between the number and `n`; undefined where it can't hold. */
export function withCondition(range: ValueRange, condition: number, n: number): ValueRange | undefined {
  const { low, high, not } = range;
  switch (condition) {
    case Condition.equal:
      return n < low || n > high || n === not ? undefined : exactly(n);
    case Condition.notEqual:
      // Of two numbers that it is not, one is remembered.
      return n < low || n > high ? range : rangeOf(low, high, n);
    case Condition.less:
      return rangeOf(low, Math.min(high, n - 1), not);
    case Condition.notLess:
      return rangeOf(Math.max(low, n), high, not);
    case Condition.greater:
      return rangeOf(Math.max(low, n + 1), high, not);
    case Condition.notGreater:
      return rangeOf(low, Math.min(high, n), not);
    case Condition.below:
      return n === 0 ? undefined : upTo(range, n - 1);
    case Condition.notAbove:
      return upTo(range, n);
    case Condition.notBelow:
      return from(range, n);
    case Condition.above:
      return from(range, n + 1);
    case Condition.negative:
      return n === 0 ? rangeOf(low, Math.min(high, -1), not) : range;
    case Condition.notNegative:
      return n === 0 ? rangeOf(Math.max(low, 0), high, not) : range;
    default:
      return range;
  }
}

/** As numbers without a sign: negative ones are above all others, and as a bound leave all as it is. */
function upTo(range: ValueRange, n: number): ValueRange | undefined {
  if (n < 0) return range;
  return rangeOf(Math.max(range.low, 0), Math.min(range.high, n), range.not);
}

function from(range: ValueRange, n: number): ValueRange | undefined {
  const { low, high, not } = range;
  if (n <= 0) return range;
  if (low >= 0) return rangeOf(Math.max(low, n), high, not);
  if (high < n) return rangeOf(low, Math.min(high, -1), not);
  return n === 1 ? withCondition(range, Condition.notEqual, 0) : range;
}
