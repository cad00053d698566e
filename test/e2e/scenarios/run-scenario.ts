/** Plays one scenario amid its load, observed as a node is, and scores the answer with and without units. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type {
  Edge,
  GraphReader,
  GraphStore,
  TemplateUse,
  Vertex,
} from '../../../services/core/graph-store.ts';
import { endOfTime } from '../../../services/core/trace/traversal.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { readRecords } from '../../fixture/read-records.ts';
import { withoutUnits } from '../units/merged-units.ts';
import { type LoadReport, RunningLoad, visits_max } from './load.ts';
import type { Scenario } from './scenario.ts';
import { type Score, scoreAnswer } from './score.ts';
import { Stage, stageName } from './stage.ts';
import { sweepStages } from './sweep.ts';
import type { Truth } from './truth.ts';

/** So many visits; or so many times the events of the attack, which is then rehearsed to count them. */
export type Volume = { readonly visits: number } | { readonly times: number };

export interface Outcome {
  readonly scenario: Scenario;
  readonly truth: Truth;
  /** Of all that happened: records that the agent sent. */
  readonly events: number;
  /** Of the attack alone; undefined where it was not rehearsed. */
  readonly attackEvents: number | undefined;
  readonly load: LoadReport;
  readonly withUnits: Score;
  readonly withoutUnits: Score;
}

/** Events of all other work for each of the attack's. */
export function othersForEach({ events, attackEvents }: Outcome): number {
  return attackEvents === undefined ? 0 : Math.floor((events - attackEvents) / attackEvents);
}

/** The first are dearer than those that follow. */
const warmingVisits = 40;
const countedVisits = 80;
/** Visits differ from each other, and those that fail make fewer events. */
const margin = 1.2;
const marginOfFailing = 1.35;
const usesOfTemplate_max = 1_000_000;

/** All that it makes lies below `folder`, and the store stays there. */
export async function runScenario(scenario: Scenario, folder: string, volume: Volume): Promise<Outcome> {
  const work = join(folder, scenario.name);
  mkdirSync(work, { recursive: true });
  const { visits, attackEvents } = await neededVisits(scenario, work, volume);
  const { store, ...played } = await onStage(scenario, join(work, 'stage'), async (stage) => {
    const pipeline = await stage.observe(join(work, 'server'));
    const before = await pipeline.records();
    await stage.start();
    const running = new RunningLoad(stage, scenario.load, visits);
    try {
      await running.half;
      const truth = await scenario.attack(stage);
      const load = await running.finish();
      await pipeline.stop();
      return { truth, load, events: pipeline.sent - before, store: pipeline.store };
    } catch (error) {
      running.kill();
      throw error;
    }
  });
  return { scenario, attackEvents, ...played, ...(await scoresOf(store, `${work}/merged`, played.truth)) };
}

let playing: Stage | undefined;

/** For whoever is told to end at once: nothing of a stage stays. */
export async function endPlaying(): Promise<void> {
  await playing?.end();
}

async function onStage<T>(scenario: Scenario, folder: string, act: (stage: Stage) => Promise<T>): Promise<T> {
  await sweepStages(stageName);
  const stage = new Stage(folder, scenario.hosts);
  playing = stage;
  try {
    await stage.prepare();
    await scenario.begin?.(stage);
    return await act(stage);
  } finally {
    playing = undefined;
    await stage.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts the events of a visit and of the attack, each alone, on a stage that is thrown away. */
async function neededVisits(
  scenario: Scenario,
  work: string,
  volume: Volume,
): Promise<{ visits: number; attackEvents: number | undefined }> {
  if ('visits' in volume) return { visits: volume.visits, attackEvents: undefined };
  const [ofVisits, ofAttack] = [join(work, 'visits.dpt'), join(work, 'attack.dpt')];
  const load = { ...scenario.load, chores: [] };
  const visits = await onStage(scenario, join(work, 'rehearsal'), async (stage) => {
    await stage.start();
    await new RunningLoad(stage, load, warmingVisits).finish();
    await stage.record(ofVisits);
    const report = await new RunningLoad(stage, load, countedVisits).finish();
    await stage.stopRecording();
    await stage.record(ofAttack);
    await scenario.attack(stage);
    await stage.stopRecording();
    return report.visits;
  });
  const attackEvents = eventsOf(ofAttack);
  const more = scenario.load.mayFail === true ? marginOfFailing : margin;
  const needed = Math.ceil((volume.times * attackEvents * more * visits) / eventsOf(ofVisits));
  if (needed > visits_max) throw new Error(`${scenario.name}: ${needed} visits would be needed`);
  return { visits: needed, attackEvents };
}

function eventsOf(recording: string): number {
  const { items } = readRecords(zstdDecompressSync(readFileSync(recording)));
  return items.filter(({ kind }) => kind === 'system').length;
}

async function scoresOf(
  place: string,
  merged: string,
  truth: Truth,
): Promise<Pick<Outcome, 'withUnits' | 'withoutUnits'>> {
  const store = await openStore(place, { mode: 'read' });
  const without = await withoutUnitsOf(store, merged);
  const scored = {
    withUnits: await scoreAnswer(store, truth),
    withoutUnits: await scoreAnswer(without, truth),
  };
  await store.close();
  await without.close();
  return scored;
}

async function withoutUnitsOf(store: GraphReader, place: string): Promise<GraphStore> {
  const vertices: Vertex[] = [];
  const edges: Edge[] = [];
  const uses: TemplateUse[] = [];
  for await (const vertex of store.allVertices()) {
    vertices.push(vertex);
    if (vertex.kind !== 'template') continue;
    for (const use of await store.usesOf(vertex.id, endOfTime, usesOfTemplate_max)) uses.push(use);
  }
  for await (const edge of store.allEdges()) edges.push(edge);
  const merged = await openStore(place, { mode: 'write' });
  await merged.apply(withoutUnits(vertices, edges, uses));
  return merged;
}
