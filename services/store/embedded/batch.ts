/**
 * Gathers graph deltas into one block: numbers for new vertices, merged records for changed ones, columns for
 * edges. A delta that is not valid leaves no trace here. Must not know how the block is committed.
 */
import type { Edge, GraphDelta, TemplateUse, Vertex } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { mergedVertex } from '../merge-vertex.ts';
import type { Block } from './block.ts';
import type { EdgeRows } from './edge-rows.ts';

/** What is already stored. */
export interface Known {
  readonly vertices: number;
  readonly ops: readonly string[];
  /** Quick, and may miss what is stored. */
  cachedNumberOf(id: string): number | undefined;
  numberOf(id: string): number | undefined;
  record(number: number): Vertex | undefined;
}

const OPS_MAX = 0xffff;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export class Batch implements Block {
  readonly edges: EdgeRows;
  readonly uses: TemplateUse[] = [];
  readonly lines: LogLine[] = [];
  lineBytes = 0;
  readonly ops: string[];
  readonly deltas: GraphDelta[] = [];
  vertexCount: number;
  readonly #known: Known;
  readonly #opNumbers: Map<string, number>;
  /** New and changed vertices of this batch. */
  readonly #staged = new Map<number, Vertex>();
  readonly #fresh = new Map<string, number>();
  /** To take a bad delta out again: what was staged before it. */
  #undo: (() => void)[] = [];

  /** `edges` is emptied and filled: the caller may lend the same table to batch after batch. */
  constructor(known: Known, edges: EdgeRows) {
    this.#known = known;
    this.edges = edges;
    edges.length = 0;
    this.vertexCount = known.vertices;
    this.ops = [...known.ops];
    this.#opNumbers = new Map(known.ops.map((op, at) => [op, at]));
  }

  get vertices(): readonly (readonly [number, Vertex])[] {
    return [...this.#staged];
  }

  /** Ids that this batch gives a number. */
  get fresh(): ReadonlyMap<string, number> {
    return this.#fresh;
  }

  get newOps(): boolean {
    return this.ops.length > this.#known.ops.length;
  }

  /** Throws TypeError or RangeError for a delta that breaks the port's rules. */
  add(delta: GraphDelta): void {
    const edges = this.edges.length;
    this.#undo = [];
    try {
      for (const vertex of delta.vertices) this.#upsert(vertex);
      this.edges.reserve(delta.edges.length);
      this.#resolveEnds(delta.edges);
      for (let i = 0; i < delta.edges.length; i++) this.#append(delta.edges[i]!);
      for (const use of delta.uses) checkTime(use.time, 'use');
      checkKeys(delta);
    } catch (cause) {
      this.edges.length = edges;
      for (const step of this.#undo.reverse()) step();
      throw cause;
    }
    for (const use of delta.uses) this.uses.push(use);
    for (const line of delta.lines) {
      this.lines.push(line);
      this.lineBytes += line.text.length;
    }
    this.deltas.push(delta);
  }

  #upsert(vertex: Vertex): void {
    checkTime(vertex.time, vertex.id);
    const number = this.#fresh.get(vertex.id) ?? this.#known.numberOf(vertex.id);
    if (number === undefined) {
      const fresh = this.vertexCount++;
      this.#fresh.set(vertex.id, fresh);
      this.#staged.set(fresh, withoutRepeats(vertex));
      this.#undo.push(() => {
        this.vertexCount--;
        this.#fresh.delete(vertex.id);
        this.#staged.delete(fresh);
      });
      return;
    }
    const staged = this.#staged.get(number);
    const before = staged ?? this.#known.record(number);
    if (before === undefined) throw new RangeError(`vertex ${vertex.id} has a number and no record`);
    const after = mergedVertex(before, vertex);
    if (after === before) return;
    this.#staged.set(number, after);
    this.#undo.push(() => {
      if (staged === undefined) this.#staged.delete(number);
      else this.#staged.set(number, staged);
    });
  }

  /**
   * Numbers of both ends, ahead of everything else: these look-ups miss the processor's caches, and close together
   * it waits for several at once.
   */
  #resolveEnds(edges: readonly Edge[]): void {
    const { vertex, other, length } = this.edges;
    const known = this.#known;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!;
      // Committed ids first: they are by far the most.
      vertex[length + i] = known.cachedNumberOf(edge.from) ?? this.#end(edge.from, edge);
      other[length + i] = known.cachedNumberOf(edge.to) ?? this.#end(edge.to, edge);
    }
  }

  #append(edge: Edge): void {
    const rows = this.edges;
    const at = rows.length;
    rows.op[at] = this.#opNumber(edge.op);
    // A time outside 64 bits would come back as another.
    if (edge.last < edge.first || edge.first < INT64_MIN || edge.last > INT64_MAX)
      throw new RangeError(`edge ${edge.from} → ${edge.to}: times ${edge.first}..${edge.last}`);
    rows.first[at] = edge.first;
    rows.last[at] = edge.last;
    if (
      !(
        Number.isSafeInteger(edge.count) &&
        edge.count >= 0 &&
        Number.isSafeInteger(edge.bytes) &&
        edge.bytes >= 0
      )
    )
      throw new RangeError(`edge ${edge.from} → ${edge.to}: count ${edge.count}, bytes ${edge.bytes}`);
    rows.count[at] = edge.count;
    rows.bytes[at] = edge.bytes;
    rows.length++;
  }

  #end(id: string, edge: Edge): number {
    const number = this.#fresh.get(id) ?? this.#known.numberOf(id);
    if (number === undefined) throw new RangeError(`edge ${edge.from} → ${edge.to}: ${id} is not a vertex`);
    return number;
  }

  #opNumber(op: string): number {
    let number = this.#opNumbers.get(op);
    if (number === undefined) {
      number = this.ops.length;
      if (number > OPS_MAX) throw new RangeError(`more than ${OPS_MAX} names of operations`);
      this.ops.push(op);
      this.#opNumbers.set(op, number);
    }
    return number;
  }
}

function withoutRepeats(vertex: Vertex): Vertex {
  const terms = new Set(vertex.terms);
  return terms.size === vertex.terms.length ? vertex : { ...vertex, terms: [...terms] };
}

function checkTime(time: bigint, what: string): void {
  if (typeof time !== 'bigint' || time > INT64_MAX || time < INT64_MIN)
    throw new RangeError(`${what}: time ${time} is not 64-bit nanoseconds`);
}

/** The database's keys are short. */
const KEY_BYTES_MAX = 1500;

function checkKeys(delta: GraphDelta): void {
  for (const keys of [delta.state.keys(), delta.positions.keys()])
    for (const key of keys)
      if (key.length === 0 || key.length * 3 > KEY_BYTES_MAX)
        throw new RangeError(
          `a key of state or position has ${key.length} characters; 1 to ${KEY_BYTES_MAX / 3} fit`,
        );
}
