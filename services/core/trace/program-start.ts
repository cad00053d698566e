/**
 * What a serving program took up before it (or a worker that it forked) served anyone: its configuration, its tables, where nobody but it wrote
 * that: each of these explains as much as the others, and all of it is one thing, its start. What another process wrote
 * is none of it: that has a cause. It must not know paths of files, nor how a process was cut into units.
 */
import type { Vertex } from '../graph-store.ts';
import type { TraceView } from './trace-view.ts';
import type { TracedEdge } from './traversal.ts';

export class ProgramStarts {
  readonly #view: TraceView;
  /** Process → when it began to serve; undefined where it never did. */
  readonly #served = new Map<string, bigint | undefined>();

  constructor(view: TraceView) {
    this.#view = view;
  }

  /** Whether the file is nothing but a part of the start of one program, or of several. */
  has({ id, kind }: Vertex): boolean {
    if (kind !== 'file') return false;
    const read = this.#view.outOf(id);
    const written = this.#view.into(id);
    if (read.length === 0) return false;
    const readers = new Set(read.map(({ to }) => to));
    const isOwn = written.every(({ from }) => readers.size === 1 && readers.has(from));
    return (
      isOwn &&
      read.every((edge) => this.#isBefore(edge.to, edge)) &&
      written.every((edge) => this.#isBefore(edge.from, edge))
    );
  }

  #isBefore(process: string, { first }: TracedEdge): boolean {
    const served = this.#from(process);
    return served !== undefined && first < served;
  }

  #from(process: string): bigint | undefined {
    if (this.#served.has(process)) return this.#served.get(process);
    // Who forks itself, as wrong records may say, serves not by that.
    this.#served.set(process, undefined);
    const served = this.#servedFrom(process);
    this.#served.set(process, served);
    return served;
  }

  /** By its host's clock: a trace may not have its first unit. */
  #servedFrom(process: string): bigint | undefined {
    const vertex = this.#view.vertices.get(process);
    if (vertex?.kind !== 'process') return undefined;
    const { served } = vertex.properties;
    const children = this.#view.outOf(process).filter(({ op }) => op === 'fork');
    const times = [
      ...(served === undefined ? [] : [BigInt(served)]),
      ...children.flatMap(({ to }) => this.#from(to) ?? []),
    ];
    return times.length === 0 ? undefined : times.reduce((a, b) => (b < a ? b : a));
  }
}
