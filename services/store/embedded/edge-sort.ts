/**
 * Orders freshly arrived edges by (vertex, first, other, op), which is the order of every segment, and drops
 * the versions that a later one supersedes. Must not know where the rows came from.
 *
 * Radix passes over the vertex number keep arrival order inside a vertex. Arrival is nearly in order of time,
 * so that an insertion sort finishes most vertices; one that is far from sorted falls back to a comparison sort.
 */
import { compareIdentity, type EdgeRows } from './edge-rows.ts';

/** How far an insertion sort may move rows of one vertex before it gives up, per row. */
const SHIFTS_PER_ROW_MAX = 8;

/** Row numbers in segment order, one for each identity (the latest version by position). */
export function sortedOrder(rows: EdgeRows): Uint32Array {
  const order = orderByVertex(rows);
  let kept = 0;
  let start = 0;
  while (start < order.length) {
    const vertex = rows.vertex[order[start]!]!;
    let end = start + 1;
    while (end < order.length && rows.vertex[order[end]!] === vertex) end++;
    sortGroup(rows, order, start, end);
    for (let i = start; i < end; i++) {
      const superseded = i + 1 < end && compareIdentity(rows, order[i]!, rows, order[i + 1]!) === 0;
      if (!superseded) order[kept++] = order[i]!;
    }
    start = end;
  }
  return order.subarray(0, kept);
}

function orderByVertex(rows: EdgeRows): Uint32Array {
  const n = rows.length;
  let max = 0;
  for (let i = 0; i < n; i++) if (rows.vertex[i]! > max) max = rows.vertex[i]!;
  let from = new Uint32Array(n);
  let to = new Uint32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  for (let shift = 0; shift < 32 && (shift === 0 || max >>> shift > 0); shift += 11) {
    const starts = new Uint32Array(2049);
    for (let i = 0; i < n; i++) starts[((rows.vertex[i]! >>> shift) & 2047) + 1]!++;
    for (let i = 0; i < 2048; i++) starts[i + 1]! += starts[i]!;
    for (let i = 0; i < n; i++) {
      const row = from[i]!;
      to[starts[(rows.vertex[row]! >>> shift) & 2047]!++] = row;
    }
    [from, to] = [to, from];
  }
  return from;
}

function sortGroup(rows: EdgeRows, order: Uint32Array, start: number, end: number): void {
  let allowed = (end - start) * SHIFTS_PER_ROW_MAX;
  for (let i = start + 1; i < end; i++) {
    const row = order[i]!;
    let at = i;
    while (at > start && compareIdentity(rows, order[at - 1]!, rows, row) > 0) {
      order[at] = order[at - 1]!;
      at--;
      if (--allowed < 0) {
        order[at] = row;
        order.subarray(start, end).sort((a, b) => compareIdentity(rows, a, rows, b) || a - b);
        return;
      }
    }
    order[at] = row;
  }
}
