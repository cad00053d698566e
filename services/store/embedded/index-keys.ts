/**
 * How terms and template uses are written as sorted text keys. Must not know where the keys are kept.
 */
import type { TemplateUse } from '../../core/graph-store.ts';
import {
  type PlaceFields,
  placeFields,
  placeFrom,
  type StatementFields,
  statementFields,
  statementFrom,
} from './block.ts';
import type { KeyEntry } from './key-run.ts';

const TIME_SHIFT = 2n ** 63n;
/** A time stands as two numbers, since as one it is longer than columns of numbers hold. */
const SECOND_DIGITS = 11;
const TIME_CHARS = 21;

/** term NUL number; the value is the vertex's time. */
export function termEntry(term: string, vertex: number, time: bigint): KeyEntry {
  return [`${term}\0${vertex.toString(36).padStart(7, '0')}`, String(time)];
}

export function vertexOfTermKey(key: string): number {
  return Number.parseInt(key.slice(-7), 36);
}

export function termOfTermKey(key: string): string {
  return key.slice(0, -8);
}

/** Of two entries of one term and vertex: a vertex's time only ever moves back. */
export function earlierTime(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

/**
 * template NUL time, so that one template's uses lie in order of time; then the template's length, which tells a
 * template with a NUL in it from another, and the rest, which makes the key unique.
 */
export function useEntry(use: TemplateUse): KeyEntry {
  const statement = statementFields(use.statement);
  const where = [placeFields(use.place), ...statement];
  // What has no statement stands as it always did.
  const rest = JSON.stringify([
    use.template.length,
    use.emitter,
    statement.length === 0 ? where[0] : where,
    ...use.variables,
  ]);
  return [useKey(use.template, use.time) + rest, ''];
}

export function useKey(template: string, time: bigint): string {
  const shifted = (time + TIME_SHIFT).toString().padStart(20, '0');
  return `${template.toWellFormed()}\0${shifted.slice(0, SECOND_DIGITS)}.${shifted.slice(SECOND_DIGITS)}`;
}

/** The use that a key in the range of `template` stands for; undefined when it is another template's. */
export function useFrom(template: string, key: string): TemplateUse | undefined {
  const at = template.length + 1;
  if (!key.startsWith(`[${template.length},`, at + TIME_CHARS)) return undefined;
  const [, emitter, where, ...variables] = JSON.parse(key.slice(at + TIME_CHARS)) as UseRest;
  const [place, ...statement] = isWithStatement(where) ? where : ([where] as const);
  const time = BigInt(key.slice(at, at + TIME_CHARS).replace('.', '')) - TIME_SHIFT;
  return { template, emitter, time, variables, place: placeFrom(place), ...statementFrom(statement) };
}

type WithStatement = readonly [PlaceFields, ...StatementFields];
type UseRest = [number, string, PlaceFields | WithStatement, ...string[]];

/** A place begins with its stream's name. */
function isWithStatement(where: PlaceFields | WithStatement): where is WithStatement {
  return where !== null && typeof where[0] !== 'string';
}

/** The least text above every text that begins with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const unit = prefix.charCodeAt(end - 1);
    if (unit < 0xffff) return prefix.slice(0, end - 1) + String.fromCharCode(unit + 1);
  }
  return undefined;
}
