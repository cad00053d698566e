/** Which of the gaps in what was recorded can have hidden a part of an answer. */
import type { GapAnswer } from '../contract/graph.ts';
import { formatTime } from '../contract/time-text.ts';
import type { Gap, GraphReader } from '../core/graph-store.ts';
import type { HostClocks } from '../core/trace/clock/host-clocks.ts';
import type { TraceView } from '../core/trace/trace-view.ts';
import { endOfTime } from '../core/trace/traversal.ts';

/**
 * Backward, a gap counts that began before the latest time that matters: it can hide an earlier cause, however early.
 * Forward, one that ended after the earliest. Another host's counts where a connection's other side was not seen.
 */
export async function gapsOf(
  reader: GraphReader,
  { traced, vertices }: TraceView,
  clocks: HostClocks,
): Promise<Gap[]> {
  if (traced.reached.size === 0) return [];
  const times = [...traced.reached.values()];
  const edge = times.reduce((a, b) => (traced.direction === 'backward' ? (a > b ? a : b) : a < b ? a : b));
  const [from, until] = traced.direction === 'backward' ? [0n, edge] : [edge < 0n ? 0n : edge, endOfTime];
  const hosts = new Set<string>();
  let isOpen = false;
  for (const { host, properties } of vertices.values()) {
    hosts.add(host);
    isOpen ||= properties.role === 'inbound' || properties.role === 'outbound';
  }
  const gaps = (await reader.gaps(from, until)).filter((gap) => isOpen || hosts.has(gap.host));
  return gaps.map((gap) => ({
    ...gap,
    from: clocks.toReference(gap.host, gap.from),
    until: clocks.toReference(gap.host, gap.until),
  }));
}

export function gapAnswer(g: Gap): GapAnswer {
  return { ...g, from: formatTime(g.from), until: formatTime(g.until), missing: g.missing ?? null };
}
