/**
 * How far an edge takes a reader from the symptom. Paths within requests (units, fork, exec, connections) are short;
 * state that a server held before the request, libraries and hubs are long. It decides which of many time-respecting
 * paths is told, never whether there is one.
 */
import type { Edge, VertexKind } from '../graph-store.ts';
import { messageOperation } from '../upg/broker-memory.ts';
import { type FileRole, fileRole } from './file-role.ts';
import type { Degrees, TraceView } from './trace-view.ts';

const stateCost = 6;
const libraryCost = 5;
/** Whoever changed a file's mode or owner says less of it than whoever wrote what it holds. */
const attributeCost = 6;

const attributeOperations = new Set([
  'chmod',
  'fchmod',
  'fchmodat',
  'fchmodat2',
  'chown',
  'fchown',
  'fchownat',
  'lchown',
  'setxattr',
  'fsetxattr',
  'lsetxattr',
]);
/** Of a message that fits by size and time; another one may have been it. */
const messageCost = 2;

const execOperations = new Set(['execve', 'execveat']);
const spawnOperations = new Set(['clone', 'clone3', 'fork', 'vfork']);

export function isExec(edge: Edge): boolean {
  return execOperations.has(edge.op);
}

export function isSpawn(op: string): boolean {
  return spawnOperations.has(op);
}

/** Of a file's mode or owner, not of what it holds. */
export function isAttribute(edge: Edge): boolean {
  return attributeOperations.has(edge.op);
}

export function isAccept(edge: Edge): boolean {
  return edge.op === 'accept' || edge.op === 'accept4';
}

/** No edge costs less. */
export const edgeCost_min = 1;

/** One end of an edge, as far as it is known. */
export interface CostEnd {
  readonly kind: VertexKind | undefined;
  /** Of a file; undefined as long as its path is not known, and then what costs least. */
  readonly role: FileRole | undefined;
  /** Of a file or process. */
  readonly degrees: Degrees;
}

/** Of the edges of a trace, each worked out once: searches come by them again and again. */
export function edgeCosts(view: TraceView): (edge: Edge) => number {
  const ends = new Map<string, CostEnd>();
  const costs = new Map<Edge, number>();
  const endAt = (id: string): CostEnd => {
    const end = ends.get(id) ?? endOf(view, id);
    ends.set(id, end);
    return end;
  };
  return (edge) => {
    const known = costs.get(edge);
    if (known !== undefined) return known;
    const { op, from, to, last } = edge;
    const end = endAt(to);
    const between = costBetween(op, endAt(from), end);
    const isMixed = end.kind === 'file' || end.kind === 'socket' || op === messageOperation;
    const cost = isMixed ? between + oldness(view.since(to, last)) : between;
    costs.set(edge, cost);
    return cost;
  };
}

export function costBetween(op: string, from: CostEnd, to: CostEnd): number {
  if (from.kind === undefined || to.kind === undefined) return edgeCost_min;
  return baseCost(op, from, to) + spread(from) + mixing(to);
}

/** What an edge out of (or into) `near` costs at least, whatever is at its other end. */
export function leastCost(op: string, near: CostEnd, isFrom: boolean): number {
  if (near.kind === undefined) return edgeCost_min;
  const least = op === 'unit' ? stateCost : attributeOperations.has(op) ? attributeCost : edgeCost_min;
  return least + (isFrom ? spread(near) : mixing(near));
}

/** Who wrote to a file or a connection last says most of what is read from it, and so with what a broker passes on. */
function oldness(since: number): number {
  return 0.5 * Math.log2(1 + since);
}

function endOf(view: TraceView, id: string): CostEnd {
  const vertex = view.vertices.get(id);
  const role = vertex?.kind === 'file' ? fileRole(vertex) : undefined;
  return { kind: vertex?.kind, role, degrees: view.degrees(id) };
}

function baseCost(op: string, from: CostEnd, to: CostEnd): number {
  if (op === 'unit') return stateCost;
  if (attributeOperations.has(op)) return attributeCost;
  if (op === messageOperation && from.kind === 'unit' && to.kind === 'unit') return messageCost;
  if (spawnOperations.has(op) || from.kind === 'pipe' || to.kind === 'pipe') return 1;
  if (from.kind === 'file') {
    const { role } = from;
    if (role === 'library' || role === 'kernel') return libraryCost;
    if (execOperations.has(op)) return 1;
    return role === undefined || role === 'ordinary' ? 2 : 3;
  }
  if (from.kind === 'process' || to.kind === 'process') return 1.5;
  return 1;
}

/** What many read says little about each reader. A unit's fan-out is what one request did, and costs nothing. */
function spread({ kind, degrees: { outOf } }: CostEnd): number {
  if (kind === 'file') return 0.5 * Math.log2(Math.max(1, outOf / 2));
  return kind === 'process' ? 0.3 * Math.log2(Math.max(1, outOf / 32)) : 0;
}

/** What took in much (a database server, a shared log) mixes causes of many requests. */
function mixing({ kind, degrees: { into } }: CostEnd): number {
  if (kind !== 'process' && kind !== 'file') return 0;
  return 0.4 * Math.log2(Math.max(1, into / 32));
}
