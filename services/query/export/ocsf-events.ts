/**
 * Events of the Open Cybersecurity Schema Framework (schema.ocsf.io, 1.3), a line of JSON for each edge: what a process
 * did to a file, a process or a connection. Edges without a process or unit at either end are none of its events.
 */
import type { Edge, Vertex } from '../../core/graph-store.ts';
import type { GraphSource } from './graph-source.ts';

const batch_edges = 512;
const severity = { informational: 1 };
const version = '1.3.0';

const classes = { file: 1001, process: 1007, network: 4001 } as const;
type ClassName = keyof typeof classes;

const fileActivities: Readonly<Record<string, number>> = {
  creat: 1,
  mknod: 1,
  mknodat: 1,
  read: 2,
  readv: 2,
  pread64: 2,
  mmap: 2,
  write: 3,
  writev: 3,
  pwrite64: 3,
  truncate: 3,
  ftruncate: 3,
  unlink: 4,
  unlinkat: 4,
  rename: 5,
  renameat: 5,
  renameat2: 5,
  chmod: 6,
  fchmod: 6,
  fchmodat: 6,
  chown: 6,
  fchownat: 6,
  open: 14,
  openat: 14,
  openat2: 14,
};
const launches = new Set(['fork', 'vfork', 'clone', 'clone3', 'execve', 'execveat']);
const other = 99;

export async function* ocsfEvents(source: GraphSource): AsyncGenerator<string> {
  let batch: Edge[] = [];
  for await (const edge of source.edges()) {
    batch.push(edge);
    if (batch.length < batch_edges) continue;
    yield await lines(source, batch);
    batch = [];
  }
  yield await lines(source, batch);
}

async function lines(source: GraphSource, edges: readonly Edge[]): Promise<string> {
  const ids = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const known = new Map((await source.named(ids)).map((v) => [v.id, v]));
  return edges
    .flatMap((edge) => eventOf(edge, known.get(edge.from), known.get(edge.to)) ?? [])
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

function eventOf(edge: Edge, from: Vertex | undefined, to: Vertex | undefined): object | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [actor, object] = isActor(from) ? [from, to] : [to, from];
  if (!isActor(actor)) return undefined;
  const name: ClassName | undefined = isActor(object)
    ? 'process'
    : object.kind === 'socket'
      ? 'network'
      : object.kind === 'file' || object.kind === 'pipe'
        ? 'file'
        : undefined;
  if (name === undefined) return undefined;
  const activity = activityOf(name, edge.op);
  const class_uid = classes[name];
  return {
    class_uid,
    category_uid: Math.floor(class_uid / 1_000),
    activity_id: activity,
    type_uid: class_uid * 100 + activity,
    severity_id: severity.informational,
    time: ms(edge.first),
    start_time: ms(edge.first),
    end_time: ms(edge.last),
    count: edge.count,
    metadata: { version, product: { name: 'DisProTrack', vendor_name: 'DisProTrack' } },
    device: {
      hostname: actor.host,
      type_id: 0,
      ...(actor.container === undefined ? {} : { name: actor.container }),
    },
    actor: { process: processOf(actor) },
    ...aboutObject(name, object, edge.bytes),
    unmapped: { op: edge.op, from: edge.from, to: edge.to, bytes: edge.bytes },
  };
}

function activityOf(name: ClassName, op: string): number {
  if (name === 'process') return launches.has(op) ? 1 : other;
  if (name === 'file') return fileActivities[op] ?? other;
  if (op.startsWith('connect!')) return 4;
  return op === 'connect' || op.startsWith('accept') ? 1 : 6;
}

function aboutObject(name: ClassName, object: Vertex, bytes: number): object {
  if (name === 'process') return { process: processOf(object) };
  if (name === 'file') {
    const path = object.label;
    return {
      file: { name: path.slice(path.lastIndexOf('/') + 1), path, type_id: object.kind === 'pipe' ? 6 : 1 },
    };
  }
  const { client, server } = object.properties;
  return {
    src_endpoint: endpoint(client),
    dst_endpoint: endpoint(server ?? object.label),
    traffic: { bytes },
  };
}

function endpoint(text: string | number | undefined): object {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(String(text ?? ''));
  if (match === null) return { name: String(text ?? 'unknown') };
  return { ip: match[1]!, port: Number(match[2]) };
}

function processOf({ id, label, properties, container }: Vertex): object {
  const { pid, exe } = properties;
  const path = String(exe ?? '');
  return {
    uid: id,
    name: label,
    ...(typeof pid === 'number' ? { pid } : {}),
    ...(path === '' ? {} : { file: { name: path.slice(path.lastIndexOf('/') + 1), path, type_id: 1 } }),
    ...(container === undefined ? {} : { container: { name: container } }),
  };
}

function isActor({ kind }: Vertex): boolean {
  return kind === 'process' || kind === 'unit';
}

function ms(ns: bigint): number {
  return Number(ns / 1_000_000n);
}
