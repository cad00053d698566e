/**
 * The graph of a recorded workload, told so that each run of it tells the same: without pids, inodes, times and the
 * port that the kernel chose. It must not know which source recorded.
 */
import type { Edge, Vertex } from '../../../services/core/graph-store.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { importFiles } from '../../../services/worker/import-files.ts';
import type { Recorded } from './workload-guest.ts';

/** As a process is called that runs the program, by its name or as a script's interpreter. */
const oursBegins = /^(\/bin\/)?workload /;

interface Graph {
  /** In the order in which they were first seen. */
  readonly vertices: readonly Vertex[];
  readonly edges: readonly Edge[];
}

/**
 * All that touches one of the workload's processes or units, sorted: vertices `KIND LABEL`, the second of a label as
 * `KIND LABEL (2)`, and edges `FROM -CALL BYTES-> TO`. Gaps and warnings of the import are lines too.
 */
export async function workloadGraph(
  { recording, log }: Recorded,
  logs: 'with the log' | 'alone',
  folder: string,
): Promise<string[]> {
  const store = await openStore(folder, { mode: 'write' });
  const troubles: string[] = [];
  try {
    await importFiles({
      store,
      host: 'guest',
      audit: [],
      logs: logs === 'alone' ? [] : [{ name: '/tmp/play/log/app.log', path: log }],
      identity: [],
      recordings: [{ name: 'recording', path: recording }],
      profiles: [],
      onProgress: () => {},
      onDiagnostic: ({ severity, message }) => {
        if (severity !== 'note') troubles.push(`${severity}: ${message}`);
      },
    });
    const vertices = await all(store.allVertices());
    const edges = await all(store.allEdges());
    const gaps = await store.gaps(0n, 2n ** 63n - 1n);
    const inOrder = vertices.sort((a, b) => Number(a.time - b.time));
    return [
      ...troubles,
      ...gaps.map(({ reason }) => `gap: ${reason}`),
      ...linesOf({ vertices: inOrder, edges }),
    ].sort();
  } finally {
    await store.close();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function linesOf({ vertices, edges }: Graph): string[] {
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const owners = new Map(
    edges.filter(({ op }) => op === 'unit').map(({ from, to }) => [to, byId.get(from)!]),
  );
  const isOurs = (id: string) => oursBegins.test((owners.get(id) ?? byId.get(id)!).label);
  const ours = edges.filter(({ from, to }) => isOurs(from) || isOurs(to));
  const touched = new Set(ours.flatMap(({ from, to }) => [from, to]));
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const vertex of vertices) {
    if (!touched.has(vertex.id)) continue;
    const name = nameOf(vertex, owners.get(vertex.id));
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.set(vertex.id, count === 1 ? name : `${name} (${count})`);
  }
  const bytes = new Map<string, number>();
  for (const edge of ours) {
    const key = [edge.from, edge.op, edge.to].join('\n');
    bytes.set(key, (bytes.get(key) ?? 0) + edge.bytes);
  }
  const flows = [...bytes].map(([key, sum]) => {
    const [from, op, to] = key.split('\n');
    return `${names.get(from!)} -${op} ${sum}-> ${names.get(to!)}`;
  });
  return [...names.values(), ...flows];
}

function nameOf({ kind, label }: Vertex, owner: Vertex | undefined): string {
  if (owner !== undefined) return `${kind} of ${owner.label}`;
  return `${kind} ${label.replace(/^127\.0\.0\.1:\d+ (?=[→←])/, 'client ')}`;
}
