/**
 * The offset between two clocks over time, from samples that bound it: its drift first, from the middles of the
 * samples; then, with the drift taken out, what the samples of each window of time agree on.
 */
import { agreedInterval } from './agreed-interval.ts';
import type { OffsetSample } from './pair-samples.ts';

/** In ns. */
export interface OffsetAt {
  readonly time: bigint;
  readonly offset: number;
  readonly error: number;
}

export interface PairClock {
  /** In order of time; one for each window. */
  readonly knots: readonly OffsetAt[];
  /** Parts of one: 1e-6 is a second in twelve days. */
  readonly drift: number;
  readonly samples: number;
}

const samplesOfWindow = 64;
const windows_max = 64;
const slopes_max = 4_000;
/** Over a shorter time noise looks like drift. */
const driftSpan_ns_min = 1e9;

/** Undefined where the samples bound the offset from one side alone. */
export function pairClock(samples: readonly OffsetSample[]): PairClock | undefined {
  const sorted = [...samples].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const [first] = sorted;
  if (first === undefined) return undefined;
  const at = (s: OffsetSample): number => Number(s.time - first.time);
  const drift = driftOf(sorted.filter(isBounded).map((s) => [at(s), (s.low + s.high) / 2]));
  const size = Math.max(samplesOfWindow, Math.ceil(sorted.length / windows_max));
  const knots: OffsetAt[] = [];
  for (let begin = 0; begin < sorted.length; begin += size) {
    const knot = windowOffset(sorted.slice(begin, begin + size), drift);
    if (knot !== undefined) knots.push(knot);
  }
  // Too few in each window to bound it from both sides can be enough in all.
  const whole = knots.length > 0 ? knots : [windowOffset(sorted, drift)].filter((k) => k !== undefined);
  return whole.length === 0 ? undefined : { knots: whole, drift, samples: sorted.length };
}

/** Between knots on a line, beyond them by the drift. The error grows with the drift that is not known. */
export function offsetAt({ knots, drift }: PairClock, time: bigint): { offset: number; error: number } {
  const next = knots.findIndex((k) => k.time >= time);
  const after = next < 0 ? undefined : knots[next];
  const before = next < 0 ? knots.at(-1) : knots[next - 1];
  if (before === undefined || after === undefined) {
    const { time: known, offset, error } = (before ?? after)!;
    return { offset: offset + drift * Number(time - known), error };
  }
  const share = Number(time - before.time) / Number(after.time - before.time);
  return {
    offset: before.offset + share * (after.offset - before.offset),
    error: Math.max(before.error, after.error),
  };
}

function isBounded({ low, high }: OffsetSample): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

function windowOffset(samples: readonly OffsetSample[], drift: number): OffsetAt | undefined {
  const middle = samples[samples.length >> 1]!.time;
  const agreed = agreedInterval(
    samples.map(({ time, low, high }) => {
      const drifted = drift * Number(middle - time);
      return { low: low + drifted, high: high + drifted };
    }),
  );
  if (agreed === undefined || !Number.isFinite(agreed.low) || !Number.isFinite(agreed.high)) return undefined;
  return {
    time: middle,
    offset: (agreed.low + agreed.high) / 2,
    error: (agreed.high - agreed.low) / 2,
  };
}

/** The median of slopes between points (Theil 1950, Sen 1968): a few wrong ones do not turn it. */
function driftOf(points: readonly (readonly [number, number])[]): number {
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  if (last - first < driftSpan_ns_min) return 0;
  const half = points.length >> 1;
  const step = Math.max(1, Math.ceil((half * half) / slopes_max));
  const slopes: number[] = [];
  // Of points far apart: those of the first half with those of the second.
  for (let pair = 0; pair < half * half; pair += step) {
    const [x, y] = points[Math.floor(pair / half)]!;
    const [u, v] = points[points.length - half + (pair % half)]!;
    if (u - x >= driftSpan_ns_min / 2) slopes.push((v - y) / (u - x));
  }
  return slopes.length === 0 ? 0 : slopes.sort((a, b) => a - b)[slopes.length >> 1]!;
}
