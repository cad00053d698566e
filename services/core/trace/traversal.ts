/** What a traversal is asked, and what it gives (trace-run.ts). It must not know how it is made. */
import type { Edge, Vertex } from '../graph-store.ts';
import type { Degrees } from './trace-view.ts';

export type Direction = 'backward' | 'forward';

export interface TraceStart {
  readonly vertex: string;
  /** Backward: what happened up to then (ns). Forward: from then on. */
  readonly time: bigint;
  /** A file whose name another one has taken: what came of it counts, what it came of is not asked for. */
  readonly isReplaced?: boolean;
}

export interface TraceBounds {
  /** Steps of a way. */
  readonly depth_levels_max: number;
  readonly vertices_max: number;
  /** Edges read of one vertex. */
  readonly edgesOfVertex_max: number;
  /** Asked between calls of the store; once true, the trace ends with what it has. */
  readonly isOver?: () => boolean;
}

/** What a bound cut off. */
export interface Truncation {
  /** There is more beyond the longest ways. */
  readonly depth: boolean;
  readonly vertices: boolean;
  /** Vertices of which not all edges were read, in id order. */
  readonly hubs: readonly string[];
  readonly deadline: boolean;
}

export interface TracedEdge extends Edge {
  /** ns by which its clock may be wrong: it counts where it was so much too late. Left out where that is nothing. */
  readonly slack?: bigint;
}

export interface Traced {
  readonly direction: Direction;
  /** Vertex → time (ns) by which its information counts: latest for backward, earliest for forward. */
  readonly reached: ReadonlyMap<string, bigint>;
  /** Vertices behind which a bound kept the trace from looking, or from looking at all, though there is something. */
  readonly unread: ReadonlySet<string>;
  /** Each once; their times are the reference's. */
  readonly edges: readonly TracedEdge[];
  /** Records of what was reached, as the store has them. */
  readonly vertices: ReadonlyMap<string, Vertex>;
  /** Of files and processes among them. */
  readonly degrees: ReadonlyMap<string, Degrees>;
  readonly truncated: Truncation | null;
}

export const beginningOfTime = -1n;
export const endOfTime = (1n << 63n) - 1n;

export function edgeKey(e: Edge): string {
  return `${e.from} ${e.to} ${e.op} ${e.first}`;
}
