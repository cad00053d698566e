/** Who talks to whom, computed from the connections that were recorded and who was at their ends. */
import type { ServicesAnswer } from '../../contract/browse.ts';
import { formatTime } from '../../contract/time-text.ts';
import type { Edge, GraphReader, Vertex } from '../../core/graph-store.ts';
import { beginningOfTime, endOfTime } from '../../core/trace/traversal.ts';
import { answersOf, connectionOf } from '../../core/upg/identity.ts';

/** Of one connection each way: the first tell who its ends are. */
const edges_max = 64;
const vertices_max = 2_048;

interface Peer {
  readonly name: string;
  readonly host: string | null;
  readonly isRecorded: boolean;
}

interface Call {
  readonly client: string;
  readonly server: string;
  readonly port: number | null;
  connections: number;
  bytesSent: number;
  bytesReceived: number;
  first: bigint;
  last: bigint;
}

export async function services(reader: GraphReader, connections_max: number): Promise<ServicesAnswer> {
  // Twice as many: each has a vertex for each way.
  const ways = await reader.lookup('addr:*', 2 * connections_max + 2);
  const ids = [...new Set(ways.map(connectionOf))];
  const peers = new Map<string, Peer>();
  const calls = new Map<string, Call>();
  for (let at = 0; at < Math.min(ids.length, connections_max); at += vertices_max) {
    const part = ids.slice(at, Math.min(at + vertices_max, connections_max));
    const queries = part
      .flatMap((id) => [id, answersOf(id)])
      .map((vertex) => ({ vertex, since: beginningOfTime, until: endOfTime }));
    const arriving = (await reader.edgesInto(queries, edges_max)).edges;
    const leaving = (await reader.edgesOutOf(queries, edges_max)).edges;
    const into = Map.groupBy(arriving, (e: Edge) => connectionOf(e.to));
    const outOf = Map.groupBy(leaving, (e: Edge) => connectionOf(e.from));
    const ends = new Set([...into.values(), ...outOf.values()].flat().flatMap((e) => [e.from, e.to]));
    const known = new Map((await reader.vertices([...ends])).map((v) => [v.id, v]));
    for (const socket of await reader.vertices(part)) {
      note(socket, into.get(socket.id) ?? [], outOf.get(socket.id) ?? [], known, peers, calls);
    }
  }
  const sorted = [...calls.values()].sort((a, b) => b.connections - a.connections);
  return {
    services: [...peers.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    calls: sorted.map((c) => ({ ...c, first: formatTime(c.first), last: formatTime(c.last) })),
    truncated: ids.length > connections_max,
  };
}

function note(
  socket: Vertex,
  into: readonly Edge[],
  outOf: readonly Edge[],
  known: ReadonlyMap<string, Vertex>,
  peers: Map<string, Peer>,
  calls: Map<string, Call>,
): void {
  const accepted = outOf.find((e) => e.op === 'accept' || e.op === 'accept4')?.to;
  const connected = into.find((e) => e.op === 'connect')?.from;
  const address = (name: 'client' | 'server'): string => String(socket.properties[name] ?? 'unknown');
  const client = peer(known.get(connected ?? other(into, accepted) ?? ''), ipOf(address('client')));
  const server = peer(known.get(accepted ?? other(outOf, connected) ?? ''), address('server'));
  const port = /:(\d+)$/.exec(address('server'))?.[1];
  const key = `${client.name}\0${server.name}\0${port}`;
  peers.set(client.name, client).set(server.name, server);
  const edges = [...into, ...outOf];
  if (edges.length === 0) return;
  const call = calls.get(key) ?? {
    client: client.name,
    server: server.name,
    port: port === undefined ? null : Number(port),
    connections: 0,
    bytesSent: 0,
    bytesReceived: 0,
    first: edges[0]!.first,
    last: edges[0]!.last,
  };
  call.connections++;
  for (const { first, last } of edges) {
    if (first < call.first) call.first = first;
    if (last > call.last) call.last = last;
  }
  // Who is recorded says what went each way; where both are, one is enough.
  const isOf = (id: string, name: string): boolean => peer(known.get(id), '').name === name;
  const sum = (list: readonly Edge[]): number => list.reduce((total, e) => total + e.bytes, 0);
  call.bytesSent += client.isRecorded
    ? sum(into.filter((e) => isOf(e.from, client.name)))
    : sum(outOf.filter((e) => isOf(e.to, server.name)));
  call.bytesReceived += client.isRecorded
    ? sum(outOf.filter((e) => isOf(e.to, client.name)))
    : sum(into.filter((e) => isOf(e.from, server.name)));
  calls.set(key, call);
}

/** Who is at the other end than `one`, where no call said so. */
function other(edges: readonly Edge[], one: string | undefined): string | undefined {
  return edges.map((e) => (e.op === 'accept' || e.op === 'connect' ? '' : e.from)).find((id) => id !== one);
}

function peer(vertex: Vertex | undefined, address: string): Peer {
  if (vertex === undefined || vertex.kind === 'socket')
    return { name: address, host: null, isRecorded: false };
  const { host, container, properties, label } = vertex;
  const exe = String(properties.image ?? properties.exe ?? label);
  return { name: container ?? `${host}/${exe.slice(exe.lastIndexOf('/') + 1)}`, host, isRecorded: true };
}

function ipOf(address: string): string {
  return address.replace(/:\d+$/, '');
}
