/**
 * Times as log lines spell them, before any rule fills what they leave out. It must not know the reader's options:
 * a missing year or zone stays missing here, and `time-rule.ts` resolves it.
 */

export interface CivilTime {
  readonly kind: 'civil';
  readonly year: number | undefined;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  /** ns. */
  readonly precision: bigint;
  /** Minutes east of UTC. */
  readonly offset: number | undefined;
  /** As the line names it, where that is no offset. */
  readonly zone: string | undefined;
}

export interface EpochTime {
  readonly kind: 'epoch';
  readonly ns: bigint;
  /** ns. */
  readonly precision: bigint;
}

export type RawTime = CivilTime | EpochTime;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The pieces of a regex match; `month` a number or an English short name, two-digit years as mysqld writes them. */
export interface TimePieces {
  readonly year?: string | undefined;
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction?: string | undefined;
  readonly zone?: string | undefined;
}

/** Undefined where a piece is out of range: then the text only looked like a time. */
export function civilTime(pieces: TimePieces): CivilTime | undefined {
  const month = monthNumber(pieces.month ?? '');
  const [day, hour, minute, second] = [
    Number(pieces.day),
    Number(pieces.hour),
    Number(pieces.minute),
    Number(pieces.second),
  ];
  const year = fullYear(pieces.year);
  const inRange = month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 60 && hour >= 0;
  // Without a year it may be a leap year.
  if (!inRange || !dayExists(year ?? 2000, month, day)) return undefined;
  const fraction = (pieces.fraction ?? '').slice(0, 9);
  const offset = pieces.zone === undefined ? undefined : zoneOffset(pieces.zone);
  return {
    kind: 'civil',
    year,
    month,
    day,
    hour,
    minute,
    second,
    nanos: Number(fraction.padEnd(9, '0')),
    precision: 10n ** BigInt(9 - fraction.length),
    offset,
    zone: offset === undefined ? pieces.zone : undefined,
  };
}

/** `month`: 1 to 12. */
export function dayExists(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Minutes: Kiritimati's clocks are the farthest ahead. */
const OFFSET_MAX = 14 * 60;

/** `Z`, `UTC`, `GMT`, `+0530`, `+05:30`, `+05` in minutes; undefined for any other name. */
export function zoneOffset(zone: string): number | undefined {
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? '0');
  if (minutes > OFFSET_MAX || Number(match[3] ?? '0') > 59) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

const ISO =
  /(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ]| {2})(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(?: ?(Z\b|UTC\b|[+-]\d\d:?\d\d\b))?/iy;

/** ISO 8601 and RFC 3339 with their usual looseness (space for T, comma, slashes, one-digit hour) at `at` of `text`. */
export function isoTimeAt(
  text: string,
  at: number,
): { readonly time: CivilTime; readonly end: number } | undefined {
  ISO.lastIndex = at;
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const time = civilTime({ year, month, day, hour, minute, second, fraction, zone });
  return time && { time, end: ISO.lastIndex };
}

/** A whole text that is one ISO 8601 time. */
export function isoTime(text: string): CivilTime | undefined {
  const found = isoTimeAt(text, 0);
  return found?.end === text.length ? found.time : undefined;
}

/** Seconds, milli-, micro- or nanoseconds since the epoch, told apart by size (right for 1973 to 5138). */
export function epochTime(digits: string): EpochTime | undefined {
  const match = /^(\d{9,20})(?:\.(\d+))?$/.exec(digits);
  if (match === null) return undefined;
  const whole = BigInt(match[1]!);
  const exponent = whole < 10n ** 11n ? 9 : whole < 10n ** 14n ? 6 : whole < 10n ** 17n ? 3 : 0;
  const fraction = (match[2] ?? '').slice(0, exponent);
  const ns = whole * 10n ** BigInt(exponent) + BigInt(fraction.padEnd(exponent, '0') || '0');
  return { kind: 'epoch', ns, precision: 10n ** BigInt(exponent - fraction.length) };
}

function monthNumber(month: string): number {
  return /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1;
}

function fullYear(year: string | undefined): number | undefined {
  if (year === undefined) return undefined;
  const number = Number(year);
  return year.length > 2 ? number : number + (number >= 70 ? 1900 : 2000);
}
