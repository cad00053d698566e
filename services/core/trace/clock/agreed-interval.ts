/**
 * The interval that most of many intervals agree on (Marzullo 1984, as NTP uses it): a few wrong ones, of connections
 * whose beginning was lost, do not move it. It must not know what is measured.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Undefined for none. Of several with as many votes the narrowest, then the lowest. */
export function agreedInterval(intervals: readonly Interval[]): (Interval & { votes: number }) | undefined {
  const ends = intervals.flatMap(({ low, high }) => [
    { at: low, vote: 1 },
    { at: high, vote: -1 },
  ]);
  // Intervals that only touch agree.
  ends.sort((a, b) => a.at - b.at || b.vote - a.vote);
  let votes = 0;
  let best: (Interval & { votes: number }) | undefined;
  for (const [i, { at, vote }] of ends.entries()) {
    votes += vote;
    const next = ends[i + 1];
    if (vote < 0 || next === undefined || next.vote > 0) continue;
    const isBetter =
      best === undefined ||
      votes > best.votes ||
      (votes === best.votes && next.at - at < best.high - best.low);
    if (isBetter) best = { low: at, high: next.at, votes };
  }
  return best;
}
