/**
 * An HTTP request as people tell it: `GET /path 500 around 05:23`. Method and path find the units that served it;
 * status and time choose among them. Where no unit is known, as in a store of logs alone, the lines that say it are
 * what is left of it. It must not know how units are cut.
 */
import type { Vertex } from '../../graph-store.ts';
import { requestTerm } from '../../upg/identity.ts';
import { linesOf } from './printed-pattern.ts';
import { fromVertices, type Meaning, type Question } from './symptom.ts';
import { countText, lookupAny } from './vertex-lookup.ts';

export interface RequestSymptom {
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly time: ClockTime | undefined;
}

/** A time of day (UTC), of a day where one is named; good for `precision`. In ns. */
interface ClockTime {
  readonly day: bigint | undefined;
  readonly ofDay: bigint;
  readonly precision: bigint;
}

const form =
  /^([A-Z]{3,10}) (\S+)(?: HTTP\/[\d.]+)?(?:\s+(\d{3}))?(?:\s+(?:around|at)\s+(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?Z?)?$/;
const ns_per_s = 1_000_000_000n;
const ns_per_day = 86_400n * ns_per_s;
/** Served so long before or after the time that is named. */
const around_ns = { minute: 60n * ns_per_s, second: 2n * ns_per_s };

/** Undefined where the input does not begin as a request does. */
export function parseRequest(input: string): RequestSymptom | undefined {
  const match = form.exec(input);
  if (match === null) return undefined;
  const [, method, path, status, date, hour, minute, second] = match;
  const time = hour === undefined ? undefined : clockTime(date, hour, minute!, second);
  return { method: method!, path: path!, status: status === undefined ? undefined : Number(status), time };
}

export function requestMeaning(request: RequestSymptom): Meaning {
  const { method, path, status, time } = request;
  const how = `request ${method} ${path}${status === undefined ? '' : ` answered ${status}`}`;
  const hasQuery = path.includes('?');
  const fits = (v: Vertex): boolean =>
    (!hasQuery || v.properties.request === `${method} ${path}`) &&
    (time === undefined || isAround(v.time, time));
  return {
    how,
    isCheap: true,
    async find(question: Question) {
      const { matched, more } = await lookupAny(question, [requestTerm(method, path, status)], fits);
      if (matched.length === 0) return await linesThatSay(question, request, how);
      const served = `${how}${countText(matched.length, more)}`;
      // Of a time of day, the last day on which it was served is meant.
      const last = time?.day === undefined && time !== undefined ? ofLastDay(matched) : matched;
      const left = matched.length - last.length;
      return fromVertices(
        last,
        question.before,
        left === 0 ? served : `${served}, the last day’s ${last.length}`,
        more,
      );
    },
  };
}

/** Lines of one template: an access log has few templates, and many lines. */
const usesOfTemplate_max = 20_000;
/** What method, path and status end at; a query is no part of a path. */
const edge = '[^\\w./%~+-]';

async function linesThatSay(question: Question, { method, path, status, time }: RequestSymptom, how: string) {
  const words = [method, path, ...(status === undefined ? [] : [String(status)])];
  const patterns = words.map(
    (word) => new RegExp(`(?:^|${edge})${word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?:$|${edge})`),
  );
  return await linesOf(
    question,
    `${how}, served by nobody who was recorded; lines that say it`,
    (line, use) => (time === undefined || isAround(use.time, time)) && patterns.every((p) => p.test(line)),
    () => true,
    usesOfTemplate_max,
  );
}

function clockTime(
  date: string | undefined,
  hour: string,
  minute: string,
  second: string | undefined,
): ClockTime {
  const seconds = BigInt(hour) * 3_600n + BigInt(minute) * 60n + BigInt(second ?? 0);
  const day = date === undefined ? undefined : BigInt(Date.parse(`${date}T00:00:00Z`) || 0) * 1_000_000n;
  return {
    day,
    ofDay: seconds * ns_per_s,
    precision: second === undefined ? around_ns.minute : around_ns.second,
  };
}

function isAround(time: bigint, { day, ofDay, precision }: ClockTime): boolean {
  const away = day === undefined ? (time % ns_per_day) - ofDay : time - day - ofDay;
  // A minute that is named ends a minute later.
  return away >= -precision && away <= 2n * precision;
}

function ofLastDay(matched: readonly Vertex[]): readonly Vertex[] {
  const [newest] = matched;
  return matched.filter((v) => newest!.time - v.time < ns_per_day / 2n);
}
