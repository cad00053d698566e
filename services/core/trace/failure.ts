/**
 * What a failure went on to within a trace: requests that met it, and those that were waiting for their answers. A
 * connection brings it to whoever read next, and what a server holds between its requests does not carry it, so that
 * later requests of the same connection or server count for themselves. It must not know what failed, or why.
 */
import { isSpawn } from './edge-cost.ts';
import type { TraceView } from './trace-view.ts';
import type { TracedEdge } from './traversal.ts';

/** Those behind `source`, which itself is none. */
export function failedBy(view: TraceView, source: string): ReadonlySet<string> {
  /** When each met it first, ns. */
  const met = new Map<string, bigint>();
  const queue: string[] = [];
  const meet = ({ from, to, first }: TracedEdge, since: bigint): void => {
    const time = first > since ? first : since;
    const known = met.get(to);
    if (from === to || (known !== undefined && known <= time)) return;
    met.set(to, time);
    queue.push(to);
  };
  for (const edge of view.outOf(source)) meet(edge, edge.first);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const since = met.get(id)!;
    for (const edge of carriers(view, id, since)) meet(edge, since);
  }
  return new Set(met.keys());
}

/** Edges by which it goes on from who has it since then. */
function carriers(view: TraceView, id: string, since: bigint): readonly TracedEdge[] {
  const later = view.outOf(id).filter((edge) => edge.last >= since && isWithinRequest(view, edge));
  const kind = view.kind(id);
  if (kind !== 'socket' && kind !== 'pipe') return later;
  const ends = later.map(({ first }) => (first > since ? first : since));
  const next = ends.reduce((least, time) => (time < least ? time : least), ends[0] ?? since);
  return later.filter((_, i) => ends[i] === next);
}

function isWithinRequest(view: TraceView, { to, op }: TracedEdge): boolean {
  const kind = view.kind(to);
  // What it held before is no answer.
  if (op === 'unit') return false;
  return kind === 'unit' || kind === 'socket' || kind === 'pipe' || (kind === 'process' && isSpawn(op));
}
