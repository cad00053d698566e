/**
 * What lines can be asked for by the values in them: `address = 10.0.0.7`, `number >= 500`. It says what a condition
 * means; a store that finds lines faster finds the same. It must not know stores.
 */
import { hole, parseShape, type ValueKind, valueKinds } from './hole.ts';
import { shapeLine } from './line-shape.ts';
import { isWholeTime, printTime, timeNanos } from './line-time.ts';

export type Comparison = '=' | '<' | '<=' | '>' | '>=' | '..';

export interface LineCondition {
  readonly kind: ValueKind;
  readonly comparison: Comparison;
  /** Of numbers; `..` is up to the second. */
  readonly number: number;
  readonly lastNumber: number;
  /** Of times, ns since the epoch. */
  readonly time: bigint;
  readonly lastTime: bigint;
  /** Of the others; what it begins with, where `isPrefix`. */
  readonly text: string;
  readonly isPrefix: boolean;
  /** Of IPv4 addresses: the first and the last. */
  readonly range: readonly [number, number] | undefined;
}

const pattern = /^\s*([a-z]+)\s*(<=|>=|=|<|>)\s*(.*?)\s*$/s;
const nested_depth_max = 3;
/** Zones are at most so far apart from UTC. */
export const zone_ns_max = 14n * 3_600_000_000_000n;

/** A sentence where it is none. */
export function parseCondition(text: string): LineCondition | string {
  const match = pattern.exec(text);
  const kind = valueKinds.find((name) => name === match?.[1]);
  if (match === null || kind === undefined) {
    return `${JSON.stringify(text)} is no condition such as 'address = 10.0.0.7': KIND = VALUE, where KIND is one of ${valueKinds.join(', ')}`;
  }
  const given = match[2] as Comparison;
  const value = match[3]!;
  const [first, last] = value.split('..') as [string, string | undefined];
  const isRange = last !== undefined && given === '=' && (kind === 'number' || kind === 'time');
  const comparison = isRange ? '..' : given;
  const asked = { kind, comparison, text: value, isPrefix: false, range: undefined };
  const none = { ...asked, number: 0, lastNumber: 0, time: 0n, lastTime: 0n };
  const [from, until] = isRange ? [first, last] : [value, value];
  if (kind === 'number') {
    const [number, lastNumber] = [from, until].map((each) =>
      /^\d+(\.\d+)?$/.test(each) ? Number(each) : Number.NaN,
    ) as [number, number];
    if (number <= lastNumber) return { ...none, number, lastNumber };
    return `${JSON.stringify(value)} is no number such as 404, and no range such as 400..499`;
  }
  if (kind === 'time') {
    const [time, lastTime] = [timeOf(from), timeOf(until)];
    if (time !== undefined && lastTime !== undefined) return { ...none, time, lastTime };
    return `${JSON.stringify(value)} is no time such as 2026-11-27T05:23:43Z, and no range of two with .. between`;
  }
  if (comparison !== '=') return `${kind} can be compared by = alone: numbers and times have an order`;
  if (kind === 'address') {
    const range = rangeOf(value);
    if (range !== undefined || isAddress6(value)) return { ...none, range };
    return `${JSON.stringify(value)} is no address such as 10.0.0.7 or 2001:db8::7, and no range such as 10.0.0.0/8`;
  }
  return value.endsWith('*') ? { ...none, text: value.slice(0, -1), isPrefix: true } : none;
}

/** Whether any value of the line, or of a text in it, is what the condition asks for. */
export function lineMatches(text: string, condition: LineCondition): boolean {
  for (const value of valuesOf(text)) if (valueMatches(value, condition)) return true;
  return false;
}

export interface LineValue {
  readonly kind: ValueKind;
  readonly code: number;
  readonly detail: number;
  readonly value: number | string;
  /** What stands behind it in the line. */
  readonly after: string;
}

/** A line's values, and those in its texts. */
export function* valuesOf(text: string, depth = 0): Generator<LineValue> {
  const { shape, values } = shapeLine(text);
  const { holes, end } = parseShape(shape);
  for (let i = 0; i < holes.length; i++) {
    const { kind, code, detail } = holes[i]!;
    const value = values[i]!;
    const following = holes[i + 1];
    const after = (following?.before ?? end) + afterText(following?.code, values[i + 1]);
    yield { kind, code, detail, value, after };
    if (code === hole.text && depth < nested_depth_max && value !== text) {
      yield* valuesOf(value as string, depth + 1);
    }
  }
}

/** Also of times of which only the number is known: it may be that of any zone. */
export function valueMatches(given: LineValue, condition: LineCondition): boolean {
  const { kind, value, detail } = given;
  if (kind !== condition.kind) return false;
  if (kind === 'number') {
    return isWithin(numberOf(given), condition.number, condition.lastNumber, condition.comparison);
  }
  if (kind === 'time') {
    const time = instantOf(value as number, detail, given.after, condition.time);
    return time !== undefined && isWithin(time, condition.time, condition.lastTime, condition.comparison);
  }
  if (given.code === hole.address4) {
    const { range } = condition;
    return range !== undefined && Number(value) >= range[0] && Number(value) <= range[1];
  }
  if (condition.isPrefix) return (value as string).startsWith(condition.text);
  return kind === 'address' ? sameAddress(value as string, condition.text) : value === condition.text;
}

function isWithin<T extends number | bigint>(value: T, first: T, last: T, comparison: Comparison): boolean {
  if (comparison === '<') return value < first;
  if (comparison === '<=') return value <= first;
  if (comparison === '>') return value > first;
  return value >= first && (comparison === '>=' || value <= last);
}

function numberOf({ value, code, detail }: LineValue): number {
  return code === hole.decimal ? (value as number) / 10 ** detail : (value as number);
}

/** A zone's sign and digits can be a value of their own. */
function afterText(code: number | undefined, value: number | string | undefined): string {
  return code === hole.digits || code === hole.number ? String(value).padStart(4, '0') : '';
}

/** A time without a year is taken in that of the one compared with; one without a zone in UTC. */
function instantOf(value: number, detail: number, after: string, near: bigint): bigint | undefined {
  let naive = timeNanos(value, detail);
  if (!isWholeTime(detail)) {
    if (/^\d\d:/.test(printTime(value, detail))) return undefined;
    const date = new Date(Number(naive / 1_000_000n));
    const year = new Date(Number(near / 1_000_000n)).getUTCFullYear();
    const moved =
      Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(2000, date.getUTCMonth(), date.getUTCDate());
    naive += BigInt(moved) * 1_000_000n;
  }
  const zone = /^ ?([+-])(\d\d):?(\d\d)/.exec(after);
  if (zone === null) return naive;
  const minutes = BigInt(Number(zone[2]) * 60 + Number(zone[3])) * 60_000_000_000n;
  return zone[1] === '-' ? naive + minutes : naive - minutes;
}

function timeOf(text: string): bigint | undefined {
  const spelled = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (spelled === null) return undefined;
  const withTime = spelled[1] === undefined ? `${text.slice(0, 10)}T00:00` : text.replace(' ', 'T');
  const ms = Date.parse(spelled[4] === undefined ? `${withTime}Z` : withTime);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n;
}

/** `10.0.0.7` and `10.0.0.0/8`. */
function rangeOf(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const bits = Number(match[5] ?? 32);
  if (octets.some((octet) => octet > 255) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = address - (address % size);
  return [first, first + size - 1];
}

function isAddress6(text: string): boolean {
  const groups = fullAddress(text.replace(/:\d{1,3}(\.\d{1,3}){3}$/, ':0:0')).split(':');
  return groups.length === 8 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}

function sameAddress(a: string, b: string): boolean {
  return a === b || fullAddress(a) === fullAddress(b);
}

/** All groups of an IPv6 address; the text itself where it is none. */
function fullAddress(text: string): string {
  const [head = '', tail] = text.toLowerCase().split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  if (tail === undefined && before.length !== 8) return text;
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}
