/**
 * What one connection that was seen from both ends says of the clocks of its hosts. What was read had been written
 * before: a byte's first read, by one clock, is later than its write by the other. Each direction bounds the offset
 * from one side. It must not know how many connections there are.
 */
import type { Edge } from '../../graph-store.ts';
import { hostOf } from '../../upg/identity.ts';
import type { Interval } from './agreed-interval.ts';

/** What b's clock is ahead of a's, in ns, at `time` by a's clock. An end that nothing bounds is infinite. */
export interface OffsetSample extends Interval {
  readonly time: bigint;
}

interface Transfer {
  readonly first: bigint;
  readonly last: bigint;
  readonly bytes: number;
}

/** Handshakes carry nothing; a connect may return after what it led to. */
const silentOperations = new Set(['connect', 'accept', 'accept4', 'shutdown', 'close']);

/** `into` and `outOf` are the edges of the connection's vertices, one for each way. */
export function samplesOf(
  into: readonly Edge[],
  outOf: readonly Edge[],
  a: string,
  b: string,
): OffsetSample[] {
  const written = (host: string) => transfers(into.filter((e) => hostOf(e.from) === host));
  const read = (host: string) => transfers(outOf.filter((e) => hostOf(e.to) === host));
  const highs = delays(written(a), read(b)).map(([sent, received]) => ({
    time: sent,
    low: Number.NEGATIVE_INFINITY,
    high: Number(received - sent),
  }));
  const lows = delays(written(b), read(a)).map(([sent, received]) => ({
    time: received,
    low: Number(sent - received),
    high: Number.POSITIVE_INFINITY,
  }));
  // A question and its answer are one sample: between them the clocks had no time to drift apart.
  const samples: OffsetSample[] = [];
  for (let i = 0; i < Math.max(highs.length, lows.length); i++) {
    const high = highs[i];
    const low = lows[i];
    if (high !== undefined && low !== undefined && high.high >= low.low)
      samples.push({ time: high.time, low: low.low, high: high.high });
    else samples.push(...[high, low].filter((s) => s !== undefined));
  }
  return samples;
}

function transfers(edges: readonly Edge[]): Transfer[] {
  return edges
    .filter((e) => e.bytes > 0 && !silentOperations.has(e.op))
    .sort((x, y) => (x.first < y.first ? -1 : x.first > y.first ? 1 : 0));
}

/**
 * Pairs of (a time by which a byte was not written yet, the time at which it was read). Of the first byte always; of
 * later ones where all bytes of one side were seen on the other, each side in one order.
 */
function delays(written: readonly Transfer[], read: readonly Transfer[]): [bigint, bigint][] {
  const [firstWrite] = written;
  const [firstRead] = read;
  if (firstWrite === undefined || firstRead === undefined) return [];
  if (total(written) !== total(read) || !isOrdered(written) || !isOrdered(read))
    return [[firstWrite.first, firstRead.first]];
  const pairs: [bigint, bigint][] = [];
  let at = 0;
  let end = written[0]!.bytes;
  let offset = 0;
  for (const r of read) {
    while (offset >= end) end += written[++at]!.bytes;
    pairs.push([written[at]!.first, r.first]);
    offset += r.bytes;
  }
  return pairs;
}

function total(transfers: readonly Transfer[]): number {
  return transfers.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isOrdered(transfers: readonly Transfer[]): boolean {
  return transfers.every((t, i) => i === 0 || transfers[i - 1]!.last <= t.first);
}
