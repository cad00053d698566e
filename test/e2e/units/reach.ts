/**
 * How much a backward trace reaches from random symptoms in a recording: with units, without them, and with those of
 * the published partitioning.
 */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { SystemEvent } from '../../../services/core/event/event.ts';
import type { Edge, GraphReader, Vertex } from '../../../services/core/graph-store.ts';
import { uniteLmsCfgs } from '../../../services/core/lms/lms-cfg-union.ts';
import { createMatcher } from '../../../services/core/lms/matcher.ts';
import { answerGraph } from '../../../services/core/trace/answer-graph.ts';
import { trace } from '../../../services/core/trace/trace-run.ts';
import { TraceView } from '../../../services/core/trace/trace-view.ts';
import { endOfTime } from '../../../services/core/trace/traversal.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { importFiles } from '../../../services/worker/import-files.ts';
import { readProfile } from '../../../services/worker/profile-registry.ts';
import { Random } from '../../bench/random.ts';
import { readRecords } from '../../fixture/read-records.ts';
import { withoutUnits } from './merged-units.ts';
import { connectionOf, PublishedPartition } from './published-partition.ts';

export interface Reach {
  readonly symptoms: number;
  readonly all: Counts<Average>;
  /** Of those, what an answer shows, were it not bounded; the published one has no times, and so no starts. */
  readonly shown: Omit<Counts<Average>, 'published'>;
  /** What was first seen after the first unit had begun; published: as a path, so not told. */
  readonly served: Omit<Counts<Average>, 'published'>;
}

/** Vertices behind a symptom. */
interface Counts<T> {
  readonly withUnits: T;
  readonly withoutUnits: T;
  readonly published: T;
}

export interface Average {
  readonly mean: number;
  readonly median: number;
}

const symptoms_count = 200;
const bounds = { depth_levels_max: 256, vertices_max: 1_000_000, edgesOfVertex_max: 1_000_000 };

/** `store` is made of the recording. */
export async function measureReach(
  recording: string,
  profiles: readonly string[],
  store: string,
): Promise<Reach> {
  const written = await openStore(store, { mode: 'write' });
  await importFiles({
    store: written,
    host: 'h',
    audit: [],
    logs: [],
    identity: [],
    recordings: [{ name: recording, path: recording }],
    profiles,
    onProgress: () => {},
    onDiagnostic: () => {},
  });
  const vertices: Vertex[] = [];
  const edges: Edge[] = [];
  for await (const vertex of written.allVertices()) vertices.push(vertex);
  for await (const edge of written.allEdges()) edges.push(edge);
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const symptoms = chosenSymptoms(edges, byId);
  const merged = await openStore(`${store}-merged`, { mode: 'write' });
  await merged.apply(withoutUnits(vertices, edges));
  const published = await publishedOf(recording, profiles);
  const began = vertices.reduce(
    (least, { kind, time }) => (kind === 'unit' && time < least ? time : least),
    endOfTime,
  );
  const isServed = (id: string): boolean => byId.get(id)!.time >= began;
  const all = { withUnits: [] as number[], withoutUnits: [] as number[], published: [] as number[] };
  const served = { withUnits: [] as number[], withoutUnits: [] as number[] };
  const shown = { withUnits: [] as number[], withoutUnits: [] as number[] };
  for (const { vertex, time } of symptoms) {
    const { kind, properties } = byId.get(vertex)!;
    const actor = kind === 'unit' ? String(properties.process) : vertex;
    const withUnits = await behind(written, byId, vertex, time);
    const without = await behind(merged, byId, actor, time);
    all.withUnits.push(withUnits.all.length);
    all.withoutUnits.push(without.all.length);
    shown.withUnits.push(withUnits.shown);
    shown.withoutUnits.push(without.shown);
    served.withUnits.push(withUnits.all.filter(isServed).length);
    served.withoutUnits.push(without.all.filter(isServed).length);
    const subject =
      kind === 'unit' ? published.subjectAt(Number(properties.pid), time) : keyOf(byId.get(vertex)!);
    all.published.push(published.behind(subject));
  }
  await written.close();
  await merged.close();
  return {
    symptoms: symptoms.length,
    all: {
      withUnits: average(all.withUnits),
      withoutUnits: average(all.withoutUnits),
      published: average(all.published),
    },
    shown: { withUnits: average(shown.withUnits), withoutUnits: average(shown.withoutUnits) },
    served: { withUnits: average(served.withUnits), withoutUnits: average(served.withoutUnits) },
  };
}

interface Symptom {
  readonly vertex: string;
  /** Up to when. */
  readonly time: bigint;
}

/** Half of them lines that units printed, half what units told files (but logs) and connections, at random. */
function chosenSymptoms(edges: readonly Edge[], byId: ReadonlyMap<string, Vertex>): Symptom[] {
  const kindOf = (id: string) => byId.get(id)?.kind;
  const ofUnits = edges.filter(({ from }) => kindOf(from) === 'unit');
  const lines = ofUnits
    .filter(({ op }) => op === 'log')
    .map(({ from, last }) => ({ vertex: from, time: last }));
  const told = ofUnits
    .filter(
      ({ to }) =>
        kindOf(to) === 'socket' || (kindOf(to) === 'file' && !byId.get(to)!.label.includes('/log/')),
    )
    .map(({ to, last }) => ({ vertex: to, time: last }));
  const random = new Random(7);
  return Array.from({ length: symptoms_count }, (_, i) => random.pick(i % 2 === 0 ? lines : told));
}

interface Behind {
  readonly all: readonly string[];
  /** How many of them are not folded away. */
  readonly shown: number;
}

async function behind(
  reader: GraphReader,
  byId: ReadonlyMap<string, Vertex>,
  vertex: string,
  time: bigint,
): Promise<Behind> {
  const traced = await trace(reader, [{ vertex, time }], 'backward', bounds);
  const ids = [...traced.reached.keys()];
  const view = new TraceView(traced, new Map(ids.map((id) => [id, byId.get(id)!])));
  const { vertices: shown } = answerGraph(view, [vertex], [], Number.POSITIVE_INFINITY);
  return { all: ids.filter((id) => id !== vertex), shown: shown.size - 1 };
}

async function publishedOf(recording: string, profiles: readonly string[]): Promise<PublishedPartition> {
  const [first, ...others] = await Promise.all(profiles.map((path) => readProfile(path)));
  const cfg = uniteLmsCfgs([first!, ...others]);
  const partition = new PublishedPartition(cfg, createMatcher(cfg));
  const bytes = readFileSync(recording);
  const isPacked = bytes.readUInt32LE(0) === 0xfd2fb528;
  for (const item of readRecords(isPacked ? zstdDecompressSync(bytes) : bytes).items) {
    if (item.kind === 'system') partition.add(item as SystemEvent);
  }
  return partition;
}

/** As the published partitioning calls it. */
function keyOf({ kind, label }: Vertex): string {
  const [one, other] = label.split(/ [→←] /);
  return kind === 'socket' && other !== undefined ? connectionOf(one!, other) : label;
}

function average(numbers: readonly number[]): Average {
  const sorted = numbers.toSorted((a, b) => a - b);
  return {
    mean: numbers.reduce((sum, n) => sum + n, 0) / numbers.length,
    median: sorted[Math.floor(sorted.length / 2)]!,
  };
}
