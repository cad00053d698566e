/** Which of the gaps in what was recorded can have hidden a part of an answer. */
import type { GapAnswer } from '../contract/graph.ts';
import { formatTime } from '../contract/time-text.ts';
import type { Gap, GraphReader, Vertex } from '../core/graph-store.ts';
import { endOfTime, type Traced } from '../core/trace/traversal.ts';

const gaps_max = 100;

/**
 * Backward, a gap counts that began before the latest time that matters: it can hide an earlier cause, however early.
 * Forward, one that ended after the earliest. Another host's counts where a connection's other side was not seen.
 */
export async function gapsOf(
  reader: GraphReader,
  traced: Traced,
  vertices: ReadonlyMap<string, Vertex>,
): Promise<{ gaps: GapAnswer[]; more: boolean }> {
  if (traced.reached.size === 0) return { gaps: [], more: false };
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
  return { gaps: gaps.slice(0, gaps_max).map(gapAnswer), more: gaps.length > gaps_max };
}

function gapAnswer(g: Gap): GapAnswer {
  return { ...g, from: formatTime(g.from), until: formatTime(g.until), missing: g.missing ?? null };
}
