/**
 * Fills the year and the zone that a line leaves out, by rules that the answer can state. It must not read a clock:
 * the reference year is given, or comes from a fuller time of the same file.
 */
import type { TimeSource } from './app-entry.ts';
import { type CivilTime, dayExists, type RawTime } from './raw-time.ts';
import { fixedZone, type Zone, zoneNamed } from './zone.ts';

export interface ResolvedTime {
  /** ns since the epoch. */
  readonly time: bigint;
  readonly source: TimeSource;
  /** ns. */
  readonly precision: bigint;
  /** What was assumed for it, in words. */
  readonly assumed: readonly string[];
}

export interface TimeRuleOptions {
  /** UTC year of the first line. */
  readonly defaultYear?: number | undefined;
  /** ns since the epoch; no line is later, as with a file's date. Where neither is given, such lines have no time. */
  readonly notAfter?: bigint | undefined;
  readonly zone?: string | undefined;
}

/** What the rule has learned, as plain data. */
export interface SavedTimeRule {
  readonly origin: string;
  readonly year: number | undefined;
  readonly last: number | undefined;
}

/** Clocks, and zones that are not said, differ by that much. */
const SLACK_MS = 86_400_000;
const HALF_YEAR_MS = 183 * 86_400_000;
/** Years in which the 29th of February comes at least once, but around 2100. */
const LEAP_YEARS_MAX = 4;
/** Zones of one file's lines. */
const ZONES_MAX = 64;

export class TimeRule {
  readonly #zone: Zone;
  readonly #zones = new Map<string, Zone | undefined>();
  readonly #zoneName: string;
  readonly #notAfter: bigint | undefined;
  /** Where the first line's year is from. */
  #origin: string;
  #year: number | undefined;
  #last: number | undefined;
  readonly #used = new Set<string>();
  #isTimed = false;
  #isUntimed = false;

  /** Throws on a zone that does not exist: the caller checks what its user wrote. */
  constructor(options: TimeRuleOptions) {
    this.#zoneName = options.zone ?? '+0000';
    const zone = zoneNamed(this.#zoneName);
    if (zone === undefined) throw new RangeError(`${this.#zoneName} is no zone and no offset such as +0530`);
    this.#zone = zone;
    this.#notAfter = options.notAfter;
    this.#origin = `from ${options.defaultYear}`;
    this.#year = options.defaultYear;
  }

  /** `near`: a time (ns) known for the same line, such as the collector's. Source `none` where no year can be had. */
  resolve(raw: RawTime, near?: bigint): ResolvedTime {
    if (raw.kind === 'epoch') return { time: raw.ns, source: 'line', precision: raw.precision, assumed: [] };
    const { precision } = raw;
    const { zone, assumed } = this.#zoneOf(raw);
    if (raw.year !== undefined) {
      const ms = this.#milliseconds(raw, raw.year, zone);
      this.#last = ms;
      const source = assumed.length > 0 ? 'line-assumed-zone' : 'line';
      return { time: nanoseconds(ms, raw), source, precision, assumed };
    }
    const [ms, year] =
      near === undefined
        ? this.#bySequence(raw, zone)
        : [this.#nearest(raw, zone, near), "no year in the line: the one nearest to the envelope's time"];
    if (ms === undefined) return { time: 0n, source: 'none', precision: 0n, assumed: [year] };
    return {
      time: nanoseconds(ms, raw),
      source: 'line-assumed-year',
      precision,
      assumed: [...assumed, year],
    };
  }

  save(): SavedTimeRule {
    return { origin: this.#origin, year: this.#year, last: this.#last };
  }

  restore(saved: SavedTimeRule): void {
    this.#origin = saved.origin;
    this.#year = saved.year;
    this.#last = saved.last;
  }

  /** To be told of each time that an entry took, so that `describe` says what answers rest on. */
  took(time: ResolvedTime): void {
    if (time.source !== 'none') this.#isTimed = true;
    else if (time.assumed.length === 0) this.#isUntimed = true;
    for (const assumption of time.assumed) this.#used.add(assumption);
  }

  /** The assumptions of the times taken so far. */
  describe(): string {
    const used = [...this.#used];
    if (this.#isTimed && this.#isUntimed) used.push('lines without a time: taken as of the line before');
    else if (this.#isUntimed)
      used.push("no line has a time: taken as of what is around it, or of the file's date");
    return used.length === 0 ? 'times are complete in the lines' : used.join('; ');
  }

  #zoneOf({ offset, zone: name }: CivilTime): { readonly zone: Zone; readonly assumed: readonly string[] } {
    if (offset !== undefined) return { zone: fixedZone(offset), assumed: [] };
    if (name === undefined)
      return { zone: this.#zone, assumed: [`no zone in the line: taken as ${this.#zoneName}`] };
    if (!this.#zones.has(name) && this.#zones.size < ZONES_MAX) this.#zones.set(name, zoneNamed(name));
    const zone = this.#zones.get(name);
    if (zone !== undefined) return { zone, assumed: [] };
    return {
      zone: this.#zone,
      assumed: [`the line's zone ${name} is not known: taken as ${this.#zoneName}`],
    };
  }

  #bySequence(raw: CivilTime, zone: Zone): readonly [number | undefined, string] {
    if (this.#year === undefined && this.#last === undefined && this.#notAfter !== undefined) {
      this.#year = this.#latestYear(raw, zone, this.#notAfter);
      this.#origin = `from ${this.#year} by the file's date`;
    }
    if (this.#year === undefined) {
      if (this.#last === undefined) return [undefined, 'no year in the line and none given: no time'];
      this.#last = this.#nearest(raw, zone, BigInt(this.#last) * 1_000_000n);
      return [this.#last, 'no year in the line: the one nearest to the last complete time'];
    }
    const rule = `no year in the line: ${this.#origin}, rolled when December turns to January`;
    let ms = this.#milliseconds(raw, this.#year, zone);
    if (this.#last !== undefined && ms < this.#last - HALF_YEAR_MS) {
      this.#year++;
      ms = this.#milliseconds(raw, this.#year, zone);
    } else if (this.#last !== undefined && ms > this.#last + HALF_YEAR_MS) {
      // A late line of last December after the first ones of January.
      return [this.#milliseconds(raw, this.#year - 1, zone), rule];
    }
    this.#last = ms;
    return [ms, rule];
  }

  #latestYear(raw: CivilTime, zone: Zone, notAfter: bigint): number {
    const until = Number(notAfter / 1_000_000n) + SLACK_MS;
    const year = new Date(until).getUTCFullYear() + 1;
    const years = yearsOf(raw, year - 1 - LEAP_YEARS_MAX, year).reverse();
    return years.find((candidate) => this.#milliseconds(raw, candidate, zone) <= until) ?? year - 2;
  }

  #nearest(raw: CivilTime, zone: Zone, near: bigint): number {
    const target = Number(near / 1_000_000n);
    const year = new Date(target).getUTCFullYear();
    const candidates = yearsOf(raw, year - LEAP_YEARS_MAX, year + LEAP_YEARS_MAX);
    return candidates
      .map((candidate) => this.#milliseconds(raw, candidate, zone))
      .reduce((best, ms) => (Math.abs(ms - target) < Math.abs(best - target) ? ms : best));
  }

  #milliseconds(raw: CivilTime, year: number, zone: Zone): number {
    return zone(Date.UTC(year, raw.month - 1, raw.day, raw.hour, raw.minute, raw.second), this.#last);
  }
}

/** Years of the range in which the day exists; all, where it does in none. */
function yearsOf({ month, day }: CivilTime, from: number, until: number): number[] {
  const all = Array.from({ length: until - from + 1 }, (_, i) => from + i);
  const years = all.filter((year) => dayExists(year, month, day));
  return years.length === 0 ? all : years;
}

function nanoseconds(ms: number, raw: CivilTime): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(raw.nanos);
}
