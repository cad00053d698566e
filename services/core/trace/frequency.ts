/**
 * How common what a path goes through is in all that the store has seen: how often its program ran, its request was
 * made, its service was connected to, its file was touched. A way that many take explains less than a rare one
 * (NoDoze, NDSS 2019, goes by the frequency of events). It must not know paths or scores.
 */
import { frequency_max, type GraphReader, type Vertex } from '../graph-store.ts';
import { requestTerm, term } from '../upg/identity.ts';
import type { Degrees } from './trace-view.ts';

const terms_max = 1_024;

export type Frequencies = ReadonlyMap<string, number>;

/** Of each vertex, `known` those whose edges are counted already, up to `frequency_max`; at least 1. Rejects with what the store rejects with. */
export async function frequenciesOf(
  reader: GraphReader,
  vertices: readonly Vertex[],
  known: ReadonlyMap<string, Degrees>,
): Promise<Frequencies> {
  const terms = new Map(vertices.map((v) => [v.id, commonTerm(v)]));
  const asked = [...new Set([...terms.values()].filter((t) => t !== undefined))].slice(0, terms_max);
  const counts = await reader.frequencies(asked);
  const byTerm = new Map(asked.map((t, i) => [t, counts[i]!]));
  const countOf = (v: Vertex): number | undefined => byTerm.get(terms.get(v.id) ?? '');
  const others = vertices.filter((v) => countOf(v) === undefined).map(({ id }) => id);
  const uncounted = others.filter((id) => !known.has(id));
  const counted = uncounted.length === 0 ? [] : await reader.degrees(uncounted);
  const degrees = new Map([...known, ...uncounted.map((id, i) => [id, counted[i]!] as const)]);
  const edges = new Map(
    others.map((id) => [id, Math.max(degrees.get(id)!.into, degrees.get(id)!.outOf)] as const),
  );
  return new Map(
    vertices.map((v) => [v.id, Math.max(1, Math.min(countOf(v) ?? edges.get(v.id)!, frequency_max))]),
  );
}

/** 1 for what was seen once, 1/7 for what was seen `frequency_max` times or more. */
export function rarity(frequency: number): number {
  return 1 / (1 + Math.log2(frequency));
}

/** What it has in common with others of its sort; undefined for what is counted by its own edges. */
function commonTerm({ kind, properties }: Vertex): string | undefined {
  const text = (name: string): string | undefined => {
    const value = properties[name];
    return value === undefined || value === '' ? undefined : String(value);
  };
  if (kind === 'process') {
    const exe = text('image') ?? text('exe');
    return exe === undefined ? undefined : term('exe', exe);
  }
  if (kind === 'unit') {
    const request = text('request')?.split(' ');
    return request === undefined ? undefined : requestTerm(request[0]!, request.slice(1).join(' '));
  }
  if (kind !== 'socket') return undefined;
  const server = text('server');
  const client = text('client')?.replace(/:\d+$/, '').replace(/[[\]]/g, '');
  // Of a client from outside it is the client that is rare, of all others the service.
  if (properties.role === 'inbound') return client === undefined ? undefined : term('ip', client);
  return server === undefined ? undefined : term('addr', server.replace(/[[\]]/g, ''));
}
