/**
 * How well an answer tells what truly happened. A place of the truth is found where a vertex is what it says; the
 * graph is looked at to find that vertex, never to say what is true. It must not know scenarios.
 */
import type { WhyAnswer } from '../../../services/contract/why.ts';
import type { GraphReader, Vertex } from '../../../services/core/graph-store.ts';
import { endOfTime } from '../../../services/core/trace/traversal.ts';
import { answerWhy } from '../../../services/query/why.ts';
import type { HopPlace, Place, ProcessPlace, RequestPlace, Truth } from './truth.ts';

export interface Score {
  /** Of the true cause; undefined where it is not among the first hundred. */
  readonly rank: number | undefined;
  /** By the other ways to ask. */
  readonly otherRanks: readonly (number | undefined)[];
  readonly steps: number;
  /** Steps of the truth that no vertex of the answer's graph is, in words. */
  readonly missed: readonly string[];
  /** Of the vertices on the first cause's way, those that are steps of the truth. */
  readonly precision: number;
  /** Those that are none. */
  readonly strangers: readonly string[];
  /** Vertices of the answer's graph at default settings, and of the trace behind it. */
  readonly shown: number;
  readonly reached: number;
  /** Median of several. */
  readonly ms: number;
}

const ranks_max = 100;
const askings = 5;
const edgesOfVertex_max = 100_000;
const matches_max = 64;

export async function scoreAnswer(reader: GraphReader, truth: Truth): Promise<Score> {
  const times: number[] = [];
  let answer: WhyAnswer | undefined;
  for (let i = 0; i < askings; i++) {
    answer = await answerWhy(reader, { symptom: truth.symptom });
    times.push(answer.elapsedMs);
  }
  const { graph, reduction, rootCauses } = answer!;
  const judge = new Judge(reader);
  const rankBy = async (symptom: string): Promise<number | undefined> => {
    const ranked = await answerWhy(reader, { symptom, top: ranks_max });
    const ids = ranked.rootCauses.map(({ vertex }) => vertex.id);
    const rank = (await judge.areAt(ids, truth.rootCause)).indexOf(true) + 1;
    return rank === 0 ? undefined : rank;
  };
  const shown = graph.vertices.map(({ id }) => id);
  const ends = (rootCauses[0]?.path ?? []).flatMap(({ from, to }) => [from, to]);
  // A line that was asked about is no step.
  const templates = new Set(graph.vertices.filter(({ kind }) => kind === 'template').map(({ id }) => id));
  const way = [...new Set(ends)].filter((id) => !templates.has(id));
  const onWay = way.map(() => false);
  const missed: string[] = [];
  for (const { what, at } of truth.steps) {
    if (!(await judge.areAt(shown, at)).includes(true)) missed.push(what);
    for (const [i, is] of (await judge.areAt(way, at)).entries()) onWay[i] ||= is;
  }
  const labels = new Map(graph.vertices.map(({ id, label, container }) => [id, `${label} (${container})`]));
  return {
    rank: await rankBy(truth.symptom),
    otherRanks: await Promise.all((truth.also ?? []).map(rankBy)),
    steps: truth.steps.length,
    missed,
    precision: way.length === 0 ? 0 : onWay.filter(Boolean).length / way.length,
    strangers: way.filter((_, i) => !onWay[i]).map((id) => labels.get(id) ?? id),
    shown: graph.vertices.length,
    reached: reduction.vertices,
    ms: times.sort((a, b) => a - b)[Math.floor(askings / 2)]!,
  };
}

class Judge {
  readonly #reader: GraphReader;

  constructor(reader: GraphReader) {
    this.#reader = reader;
  }

  /** Of each vertex, whether it is what stands at the place. */
  async areAt(ids: readonly string[], place: Place): Promise<boolean[]> {
    if (place.kind === 'request') {
      const found = await this.#requests(place);
      return ids.map((id) => found.has(id));
    }
    const known = new Map((await this.#reader.vertices(ids)).map((vertex) => [vertex.id, vertex]));
    const hops = place.kind === 'hop' ? await this.#hops(place) : new Set<string>();
    return ids.map((id) => {
      const vertex = known.get(id);
      return vertex !== undefined && (hops.has(id) || isAt(vertex, place));
    });
  }

  /** Units (or processes, where there are no units) that are what the place says. */
  async #requests(place: RequestPlace): Promise<ReadonlySet<string>> {
    const actors = 'worker' in place ? await this.#workers(place) : await this.#readers(place);
    return new Set(actors.filter(({ container }) => container === place.container).map(({ id }) => id));
  }

  async #readers(place: RequestPlace): Promise<Vertex[]> {
    if ('client' in place) {
      const sockets = await this.#reader.lookup(`addr:${place.client}`, matches_max);
      return await this.#actors(await this.#targets(sockets));
    }
    if (!('askedBy' in place)) return [];
    return await this.#actors(await this.#targets(await this.#asked(place.askedBy)));
  }

  /** Of a process by its pid in the container, the units that began between the times, or else itself. */
  async #workers(place: RequestPlace): Promise<Vertex[]> {
    if (!('worker' in place)) return [];
    const { pid, from, until } = place.worker;
    const processes = await this.#processes({ kind: 'process', container: place.container, pid });
    const actors = await this.#actors(await this.#targets(processes.map(({ id }) => id)));
    const units = actors.filter(({ kind, time }) => kind === 'unit' && from <= time && time <= until);
    return units.length > 0 ? units : processes;
  }

  async #processes(place: ProcessPlace): Promise<Vertex[]> {
    const named = await this.#reader.vertices(await this.#reader.lookup(`pid:${place.pid}`, matches_max));
    return named.filter((vertex) => isAt(vertex, place));
  }

  /** Sockets over which who stands at `from` asked who stands at `to`. */
  async #hops({ from, to }: HopPlace): Promise<ReadonlySet<string>> {
    const askers = await this.#asked(from);
    const asked = await this.#requests(to);
    const queries = askers.map((vertex) => ({ vertex, since: -1n, until: endOfTime }));
    const { edges } = await this.#reader.edgesOutOf(queries, edgesOfVertex_max);
    return new Set(edges.filter((edge) => asked.has(edge.to)).map((edge) => edge.from));
  }

  async #asked(place: RequestPlace | ProcessPlace): Promise<string[]> {
    const askers =
      place.kind === 'process'
        ? (await this.#processes(place)).map(({ id }) => id)
        : [...(await this.#requests(place))];
    const written = await this.#reader.vertices(await this.#targets(askers));
    return written.filter(({ kind }) => kind === 'socket').map(({ id }) => id);
  }

  async #targets(ids: readonly string[]): Promise<string[]> {
    const queries = ids.map((vertex) => ({ vertex, since: -1n, until: endOfTime }));
    const { edges } = await this.#reader.edgesOutOf(queries, edgesOfVertex_max);
    return [...new Set(edges.map(({ to }) => to))];
  }

  async #actors(ids: readonly string[]): Promise<Vertex[]> {
    return (await this.#reader.vertices(ids)).filter(({ kind }) => kind === 'unit' || kind === 'process');
  }
}

function isAt(vertex: Vertex, place: Exclude<Place, RequestPlace>): boolean {
  const { kind, container, properties, label } = vertex;
  switch (place.kind) {
    case 'connection':
      return kind === 'socket' && isEnd(properties.client, place.from) && isEnd(properties.server, place.to);
    case 'hop':
      return false;
    case 'file':
      return kind === 'file' && vertex.terms.includes(`path:${place.path}`);
    case 'process':
      if (kind !== 'process' || container !== place.container) return false;
      if (place.pid !== undefined && properties.namespacePid !== place.pid) return false;
      return place.words === undefined || label.includes(place.words);
  }
}

/** With or without a port. */
function isEnd(known: string | number | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return known === wanted || String(known).replace(/:\d+$/, '') === wanted;
}
