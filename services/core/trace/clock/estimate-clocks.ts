/** Finds connections that were seen from both ends on two hosts, and estimates the hosts' clocks from them. */
import type { Edge, GraphReader, Vertex } from '../../graph-store.ts';
import { answersOf, connectionOf } from '../../upg/identity.ts';
import { beginningOfTime, endOfTime } from '../traversal.ts';
import { HostClocks, type HostPair, noClocks } from './host-clocks.ts';
import { pairClock } from './pair-clock.ts';
import { type OffsetSample, samplesOf } from './pair-samples.ts';

/** The newest that are chosen among, and those that are looked at, evenly over their time. */
const connections_max = 16_384;
const connectionsOfPair_max = 512;
const edgesOfConnection_max = 128;
const longConnections_max = 16;
const edgesOfLong_max = 8_192;
const pairs_max = 256;
const hostsPrefix = 'hosts:';

/** One look where nothing joins two hosts. Rejects with what the store rejects with. */
export async function estimateClocks(reader: GraphReader): Promise<HostClocks> {
  const ids = await reader.lookup(`${hostsPrefix}*`, connections_max);
  if (ids.length === 0) return noClocks;
  const byPair = Map.groupBy(await reader.vertices(ids), hostsOf);
  const pairs: HostPair[] = [];
  for (const [key, connections] of [...byPair].slice(0, pairs_max)) {
    const [a, b] = key.split('~') as [string, string];
    const clock = pairClock(await samplesOfPair(reader, spread(connections), a, b));
    if (clock !== undefined) pairs.push({ a, b, clock });
  }
  return new HostClocks(pairs);
}

function hostsOf({ terms }: Vertex): string {
  return terms.find((t) => t.startsWith(hostsPrefix))!.slice(hostsPrefix.length);
}

function spread(connections: readonly Vertex[]): string[] {
  const ids = [...new Set(connections.map(({ id }) => connectionOf(id)))];
  const step = Math.max(1, ids.length / connectionsOfPair_max);
  const count = Math.min(ids.length, connectionsOfPair_max);
  return Array.from({ length: count }, (_, i) => ids[Math.floor(i * step)]!);
}

async function samplesOfPair(
  reader: GraphReader,
  ids: readonly string[],
  a: string,
  b: string,
): Promise<OffsetSample[]> {
  const { samples, cut } = await samplesOfConnections(reader, ids, a, b, edgesOfConnection_max);
  // One that is kept open for long can be all that there is.
  const long = await samplesOfConnections(reader, cut.slice(0, longConnections_max), a, b, edgesOfLong_max);
  return [...samples, ...long.samples];
}

/** Of both ways of each. `cut`: those of which not all edges were read, so that the ends can't be compared. */
async function samplesOfConnections(
  reader: GraphReader,
  ids: readonly string[],
  a: string,
  b: string,
  edges_max: number,
): Promise<{ samples: OffsetSample[]; cut: string[] }> {
  const queries = ids
    .flatMap((id) => [id, answersOf(id)])
    .map((vertex) => ({ vertex, since: beginningOfTime, until: endOfTime }));
  const into = await reader.edgesInto(queries, edges_max);
  const outOf = await reader.edgesOutOf(queries, edges_max);
  const isCut = new Set([...into.truncated, ...outOf.truncated].map(connectionOf));
  const arriving = Map.groupBy(into.edges, (e: Edge) => connectionOf(e.to));
  const leaving = Map.groupBy(outOf.edges, (e: Edge) => connectionOf(e.from));
  const samples = ids
    .filter((id) => !isCut.has(id))
    .flatMap((id) => samplesOf(arriving.get(id) ?? [], leaving.get(id) ?? [], a, b));
  return { samples, cut: [...isCut] };
}
