/**
 * W3C PROV-JSON (w3.org/submissions/prov-json): processes and units are activities, all else entities, containers
 * agents. An edge is a usage, a generation, a communication or a derivation, by what stands at its ends.
 */
import { formatTime } from '../../contract/time-text.ts';
import type { Edge, Vertex } from '../../core/graph-store.ts';
import type { GraphSource } from './graph-source.ts';

type Relation = 'used' | 'wasGeneratedBy' | 'wasInformedBy' | 'wasDerivedFrom';

const relations: readonly Relation[] = ['used', 'wasGeneratedBy', 'wasInformedBy', 'wasDerivedFrom'];
const namespace = 'urn:disprotrack:';

/** PROV-JSON keeps each sort together, so that the source is gone through once for each. */
export async function* provJson(source: GraphSource): AsyncGenerator<string> {
  yield `{"prefix":{"dpt":${JSON.stringify(namespace)}}`;
  yield* section('activity', vertices(source, isActivity, activity));
  yield* section(
    'entity',
    vertices(source, (v) => !isActivity(v), entity),
  );
  yield* section('agent', agents(source));
  for (const relation of relations) yield* section(relation, edges(source, relation));
  yield* section(
    'wasAssociatedWith',
    vertices(
      source,
      (v) => isActivity(v) && v.container !== undefined,
      (v) => ({ 'prov:activity': name(v.id), 'prov:agent': agentOf(v) }),
      '_:a',
    ),
  );
  yield '\n}\n';
}

async function* section(title: string, members: AsyncIterable<[string, object]>): AsyncGenerator<string> {
  yield `,\n"${title}":{`;
  let separator = '\n';
  for await (const [key, value] of members) {
    yield `${separator}${JSON.stringify(key)}:${JSON.stringify(value)}`;
    separator = ',\n';
  }
  yield '}';
}

async function* vertices(
  source: GraphSource,
  fits: (v: Vertex) => boolean,
  text: (v: Vertex) => object,
  numbered?: string,
): AsyncGenerator<[string, object]> {
  let n = 0;
  for await (const v of source.vertices()) {
    if (fits(v)) yield [numbered === undefined ? name(v.id) : `${numbered}${n++}`, text(v)];
  }
}

async function* agents(source: GraphSource): AsyncGenerator<[string, object]> {
  const told = new Set<string>();
  for await (const v of source.vertices()) {
    if (!isActivity(v) || v.container === undefined || told.has(agentOf(v))) continue;
    told.add(agentOf(v));
    yield [agentOf(v), { 'prov:label': v.container, 'dpt:host': v.host }];
  }
}

async function* edges(source: GraphSource, wanted: Relation): AsyncGenerator<[string, object]> {
  let n = 0;
  for await (const e of source.edges()) {
    const { from, to, op, first, last, count, bytes } = e;
    if (relationOf(e) !== wanted) continue;
    const about = { 'dpt:op': op, 'dpt:last': formatTime(last), 'dpt:count': count, 'dpt:bytes': bytes };
    const [cause, effect] = [name(from), name(to)];
    const time = { 'prov:time': formatTime(first) };
    const ends = {
      used: { 'prov:activity': effect, 'prov:entity': cause, ...time },
      wasGeneratedBy: { 'prov:entity': effect, 'prov:activity': cause, ...time },
      wasInformedBy: { 'prov:informed': effect, 'prov:informant': cause },
      wasDerivedFrom: { 'prov:generatedEntity': effect, 'prov:usedEntity': cause },
    };
    yield [`_:${wanted}${n++}`, { ...ends[wanted], ...about }];
  }
}

function relationOf({ from, to }: Edge): Relation {
  const [cause, effect] = [activityId(from), activityId(to)];
  if (cause) return effect ? 'wasInformedBy' : 'wasGeneratedBy';
  return effect ? 'used' : 'wasDerivedFrom';
}

function activity(v: Vertex): object {
  return { 'prov:startTime': formatTime(v.time), ...entity(v) };
}

function entity(v: Vertex): object {
  const { kind, label, host, container } = v;
  const within = container === undefined ? {} : { 'dpt:container': container };
  return { 'prov:label': label, 'dpt:kind': kind, 'dpt:host': host, ...within };
}

function isActivity({ id }: Vertex): boolean {
  return activityId(id);
}

function activityId(id: string): boolean {
  return id.startsWith('process:') || id.startsWith('unit:');
}

function agentOf({ host, container }: Vertex): string {
  return name(`container:${host}/${container}`);
}

/** A qualified name; what one may not hold is escaped. */
function name(id: string): string {
  return `dpt:${encodeURIComponent(id.toWellFormed()).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}
