/** Batch number → delta, so that any process can say what a batch must have left. */
import type { Edge, GraphDelta, Vertex } from '../../services/core/graph-store.ts';

export const EDGES_PER_BATCH = 300;

export function crashDelta(batch: number): GraphDelta {
  const vertices: Vertex[] = ['hub', `v${batch}`, `v${batch - 1}`].map((id) => ({
    id,
    kind: 'file',
    label: id,
    host: 'h',
    container: undefined,
    time: 0n,
    terms: [`name:${id}`],
    properties: {},
  }));
  return {
    vertices,
    edges: Array.from({ length: EDGES_PER_BATCH }, (_, i) => crashEdge(batch, i)),
    uses: [{ template: 't', emitter: `v${batch}`, time: BigInt(batch), variables: [], place: undefined }],
    lines: [{ stream: 's', name: 's', number: batch, part: 0, text: `line ${batch}\n` }],
    gaps: [],
    state: new Map([['batch', String(batch)]]),
    positions: new Map([['batches', BigInt(batch)]]),
  };
}

function crashEdge(batch: number, i: number): Edge {
  const first = BigInt(batch * 1000 + i);
  const from = i % 2 === 0 ? `v${batch}` : `v${batch - 1}`;
  return { from, to: 'hub', op: 'write', first, last: first + 10n, count: batch, bytes: i };
}
