/** Blocks without what no path needs: those that lead nowhere, and empty ones. It must not know where they came from. */
import type { Block } from './graph.ts';

export interface CompactBlock<E> {
  readonly events: E[];
  successors: number[];
  readonly isExit: boolean;
}

/** An empty block is bypassed while that adds few edges. */
const bypass_edges_max = 12;

interface Node<E> {
  events: E[];
  out: Set<number>;
  in: Set<number>;
  isExit: boolean;
}

/** `keeps` says which blocks may stay; the entry (the first) always does. */
export function compact<E>(
  blocks: readonly Block[],
  exit: number,
  keeps: (block: number) => boolean,
  passes: (block: Block) => boolean,
  eventsOf: (block: Block) => E[],
): readonly CompactBlock<E>[] {
  const nodes = reachable(blocks, exit, keeps, passes, eventsOf);
  for (const [id, node] of nodes) bypass(nodes, id, node);
  for (const [id, node] of nodes) mergeNext(nodes, id, node);
  const index = new Map([...nodes.keys()].map((id, at) => [id, at]));
  return [...nodes.values()].map(({ events, out, isExit }) => ({
    events,
    successors: [...out].map((id) => index.get(id)!).sort((a, b) => a - b),
    isExit,
  }));
}

function reachable<E>(
  blocks: readonly Block[],
  exit: number,
  keeps: (block: number) => boolean,
  passes: (block: Block) => boolean,
  eventsOf: (block: Block) => E[],
): Map<number, Node<E>> {
  const nodes = new Map<number, Node<E>>();
  const stack = [0];
  while (stack.length > 0) {
    const id = stack.pop()!;
    if (nodes.has(id)) continue;
    const block = blocks[id]!;
    const out = passes(block) ? [...block.successors].filter(keeps) : [];
    const isExit = id === exit && passes(block);
    nodes.set(id, { events: eventsOf(block), out: new Set(out), in: new Set(), isExit });
    stack.push(...out.reverse());
  }
  for (const [id, node] of nodes) for (const next of node.out) nodes.get(next)!.in.add(id);
  return nodes;
}

function bypass<E>(nodes: Map<number, Node<E>>, id: number, node: Node<E>): void {
  if (id === 0 || node.isExit || node.events.length > 0) return;
  node.out.delete(id);
  node.in.delete(id);
  const edges = node.in.size * node.out.size;
  if (edges > bypass_edges_max && node.in.size > 1 && node.out.size > 1) return;
  for (const before of node.in) {
    const { out } = nodes.get(before)!;
    out.delete(id);
    for (const after of node.out) {
      out.add(after);
      nodes.get(after)!.in.add(before);
    }
  }
  for (const after of node.out) nodes.get(after)!.in.delete(id);
  nodes.delete(id);
}

function mergeNext<E>(nodes: Map<number, Node<E>>, id: number, node: Node<E>): void {
  while (!node.isExit && node.out.size === 1) {
    const [next] = node.out;
    const other = nodes.get(next!)!;
    if (next === id || next === 0 || other.in.size !== 1) return;
    node.events.push(...other.events);
    node.out = other.out;
    node.isExit = other.isExit;
    for (const after of other.out) {
      nodes.get(after)!.in.delete(next!);
      nodes.get(after)!.in.add(id);
    }
    nodes.delete(next!);
  }
}

/** The blocks from which one of `targets` is reached, through blocks that control gets past. */
export function reaching(
  blocks: readonly Block[],
  target: number,
  passes: (block: Block) => boolean,
): ReadonlySet<number> {
  const before = blocks.map((): number[] => []);
  for (const [id, block] of blocks.entries()) {
    if (passes(block)) for (const next of block.successors) before[next]!.push(id);
  }
  const found = new Set<number>();
  const stack = [target];
  while (stack.length > 0) {
    const id = stack.pop()!;
    if (found.has(id)) continue;
    found.add(id);
    stack.push(...before[id]!);
  }
  return found;
}
