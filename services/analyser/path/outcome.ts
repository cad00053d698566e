/** What a function gave back, as the few outcomes that the LMS-CFG tells apart: small numbers, and kinds of others. */
import { ANY_OUTCOME } from '../lms-cfg/log-program.ts';
import { anyNumber, exactly, type ValueRange } from './value-range.ts';

const not_zero = 1;
const negative = 2;
const positive = 3;
const not_negative = 4;
/** The outcome of the number 0; its neighbours stand beside it, as far as there is room on either side. */
const zero = 18;
const number_max = 13;

export function outcomeOf({ low, high, not }: ValueRange): number {
  if (low === high && Math.abs(low) <= number_max) return zero + low;
  if (high < 0) return negative;
  if (low > 0) return positive;
  if (low === 0) return not_negative;
  return not === 0 ? not_zero : ANY_OUTCOME;
}

export function outcomeRange(outcome: number): ValueRange {
  switch (outcome) {
    case ANY_OUTCOME:
      return anyNumber;
    case not_zero:
      return { ...anyNumber, not: 0 };
    case negative:
      return { ...anyNumber, high: -1 };
    case positive:
      return { ...anyNumber, low: 1 };
    case not_negative:
      return { ...anyNumber, low: 0 };
    default:
      return exactly(outcome - zero);
  }
}
