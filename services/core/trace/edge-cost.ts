/**
 * How far an edge takes a reader from the symptom. Paths within requests (units, fork, exec, connections) are short;
 * state that a server held before the request, libraries and hubs are long. It decides which of many time-respecting
 * paths is told, never whether there is one.
 */
import type { Edge, Vertex } from '../graph-store.ts';
import { fileRole } from './file-role.ts';
import type { TraceView } from './trace-view.ts';

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
const spawnOperations = new Set(['clone', 'clone3', 'fork', 'vfork']);

export function isSpawn(edge: Edge): boolean {
  return spawnOperations.has(edge.op);
}

export function isExec(edge: Edge): boolean {
  return edge.op === 'execve' || edge.op === 'execveat';
}

/** Of a file's mode or owner, not of what it holds. */
export function isAttribute(edge: Edge): boolean {
  return attributeOperations.has(edge.op);
}

export function isAccept(edge: Edge): boolean {
  return edge.op === 'accept' || edge.op === 'accept4';
}

/** Always positive. */
export function edgeCost(edge: Edge, view: TraceView): number {
  const from = view.vertices.get(edge.from);
  const to = view.vertices.get(edge.to);
  if (from === undefined || to === undefined) return 1;
  return (
    baseCost(edge, from, to) +
    spread(from, view.degrees(edge.from).outOf) +
    mixing(to, view.degrees(edge.to).into)
  );
}

function baseCost(edge: Edge, from: Vertex, to: Vertex): number {
  if (edge.op === 'unit') return stateCost;
  if (isAttribute(edge)) return attributeCost;
  if (isSpawn(edge) || from.kind === 'pipe' || to.kind === 'pipe') return 1;
  if (from.kind === 'file') {
    const role = fileRole(from);
    if (role === 'library' || role === 'kernel') return libraryCost;
    if (isExec(edge)) return 1;
    return role === 'ordinary' ? 2 : 3;
  }
  if (from.kind === 'process' || to.kind === 'process') return 1.5;
  return 1;
}

/** What many read says little about each reader. A unit's fan-out is what one request did, and costs nothing. */
function spread(from: Vertex, outOf: number): number {
  if (from.kind === 'file') return 0.5 * Math.log2(Math.max(1, outOf / 2));
  return from.kind === 'process' ? 0.3 * Math.log2(Math.max(1, outOf / 32)) : 0;
}

/** What took in much (a database server, a shared log) mixes causes of many requests. */
function mixing(to: Vertex, into: number): number {
  if (to.kind !== 'process' && to.kind !== 'file') return 0;
  return 0.4 * Math.log2(Math.max(1, into / 32));
}
