/**
 * A provenance graph as large as wanted, the same for the same seed: short-lived processes that read and write,
 * a few hubs (libraries, log files, a database's socket) that very many touch, times in order with some late.
 * Must not know any store.
 */
import type { Edge, GraphDelta, Vertex, VertexKind } from '../../services/core/graph-store.ts';

export interface GraphShape {
  readonly seed: number;
  readonly edges: number;
  readonly vertices: number;
  readonly edgesPerDelta: number;
}

const OPS = [
  'read',
  'write',
  'openat',
  'execve',
  'clone',
  'connect',
  'accept4',
  'sendto',
  'recvfrom',
  'mmap',
];
const HUBS = 200;
/** Of edge ends: a hub, else a vertex of lately, else any. */
const HUB_SHARE = 0.35;
const RECENT_SHARE = 0.5;
const RECENT = 2000;
const START = 1_700_000_000_000_000_000n;
const STEP_NS_MAX = 40_000;
const LATE_NS_MAX = 50_000_000;

/** mulberry32: small, fast, good enough for shapes. Numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function* graphDeltas(shape: GraphShape): Generator<GraphDelta> {
  const next = random(shape.seed);
  const ids: string[] = [];
  let clock = 0;
  let batch = 0;
  for (let made = 0; made < shape.edges; made += shape.edgesPerDelta) {
    const count = Math.min(shape.edgesPerDelta, shape.edges - made);
    const wanted = Math.max(HUBS, Math.ceil(((made + count) / shape.edges) * shape.vertices));
    const vertices: Vertex[] = [];
    while (ids.length < wanted) {
      const vertex = newVertex(ids.length, START + BigInt(clock), next);
      ids.push(vertex.id);
      vertices.push(vertex);
    }
    const edges: Edge[] = [];
    for (let i = 0; i < count; i++) {
      clock += Math.floor(next() * STEP_NS_MAX) + 1;
      edges.push(newEdge(ids, clock, next));
    }
    batch++;
    yield {
      vertices,
      edges,
      uses: [],
      lines: [],
      gaps: [],
      state: new Map([['processes', `{"batch":${batch}}`]]),
      positions: new Map([['h1/boot/ebpf', BigInt(made + count)]]),
    };
  }
}

function newEdge(ids: readonly string[], clock: number, next: () => number): Edge {
  const late = next() < 0.02 ? Math.floor(next() * LATE_NS_MAX) : 0;
  const first = START + BigInt(Math.max(0, clock - late));
  const long = next() < 0.2;
  const last = long ? first + BigInt(Math.floor(next() * 20_000_000)) : first;
  return {
    from: ids[pick(ids.length, next)]!,
    to: ids[pick(ids.length, next)]!,
    op: OPS[Math.floor(next() * next() * OPS.length)]!,
    first,
    last,
    count: long ? 2 + Math.floor(next() * 30) : 1,
    bytes: next() < 0.6 ? Math.floor(next() * next() * 65536) : 0,
  };
}

function pick(vertices: number, next: () => number): number {
  const kind = next();
  // A power law over the hubs: the first takes some tenth of what hubs take.
  if (kind < HUB_SHARE) return Math.min(vertices - 1, Math.floor(HUBS * next() ** 3));
  if (kind < HUB_SHARE + RECENT_SHARE) return Math.max(0, vertices - 1 - Math.floor(next() * RECENT));
  return Math.floor(next() * vertices);
}

function newVertex(at: number, time: bigint, next: () => number): Vertex {
  const kind: VertexKind = at < HUBS || next() < 0.5 ? 'file' : next() < 0.6 ? 'process' : 'socket';
  const number = Math.floor(next() * 2 ** 32);
  const common = { kind, host: 'node-1', container: number % 3 === 0 ? undefined : `c${number % 40}`, time };
  if (kind === 'process')
    return {
      ...common,
      id: `process:node-1:9f3c:${at}:${time}`,
      label: `worker ${at}`,
      terms: [`pid:${at}`],
      properties: { exe: '/usr/sbin/php-fpm8.2', ppid: at >> 3 },
    };
  if (kind === 'socket') {
    const address = `10.0.${(number >>> 8) & 255}.${number & 255}`;
    return {
      ...common,
      id: `socket:node-1:${address}:${at}`,
      label: `${address}:${at & 65535}`,
      terms: [`ip:${address}`, `addr:${address}:${at & 65535}`],
      properties: {},
    };
  }
  const path = `/var/lib/php/sessions/sess_${number.toString(16)}`;
  return {
    ...common,
    id: `file:node-1:fe01:${at}:${path}`,
    label: path,
    terms: [`path:${path}`],
    properties: { inode: at },
  };
}
