/**
 * Fills the year and the zone that a line leaves out, by rules that the answer can state. It must not read a clock:
 * the reference year is given, or comes from a fuller time of the same file.
 */
import type { TimeSource } from './app-entry.ts';
import { type CivilTime, type RawTime, zoneOffset } from './raw-time.ts';

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

export class TimeRule {
  readonly #zone: number;
  readonly #zoneName: string;
  readonly #notAfter: bigint | undefined;
  /** Where the first line's year is from. */
  #origin: string;
  #year: number | undefined;
  #last: number | undefined;
  readonly #used = new Set<string>();

  /** Throws on a zone that is no offset: the caller checks what its user wrote. */
  constructor(options: TimeRuleOptions) {
    this.#zoneName = options.zone ?? '+0000';
    const offset = zoneOffset(this.#zoneName);
    if (offset === undefined) throw new RangeError(`zone ${this.#zoneName} is no offset such as +0530`);
    this.#zone = offset;
    this.#notAfter = options.notAfter;
    this.#origin = `from ${options.defaultYear}`;
    this.#year = options.defaultYear;
  }

  /** `near`: a time (ns) known for the same line, such as the collector's. Source `none` where no year can be had. */
  resolve(raw: RawTime, near?: bigint): ResolvedTime {
    if (raw.kind === 'epoch') return { time: raw.ns, source: 'line', precision: raw.precision, assumed: [] };
    const { precision } = raw;
    const offset = raw.offset ?? this.#zone;
    const zone = raw.offset === undefined ? [`no zone in the line: taken as ${this.#zoneName}`] : [];
    if (raw.year !== undefined) {
      const ms = milliseconds(raw, raw.year, offset);
      this.#last = ms;
      const source = raw.offset === undefined ? 'line-assumed-zone' : 'line';
      return { time: nanoseconds(ms, raw), source, precision, assumed: zone };
    }
    const [ms, year] =
      near === undefined
        ? this.#bySequence(raw, offset)
        : [nearest(raw, offset, near), "no year in the line: the one nearest to the envelope's time"];
    if (ms === undefined) return { time: 0n, source: 'none', precision: 0n, assumed: [year] };
    return { time: nanoseconds(ms, raw), source: 'line-assumed-year', precision, assumed: [...zone, year] };
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
    for (const assumption of time.assumed) this.#used.add(assumption);
  }

  /** The assumptions of the times taken so far. */
  describe(): string {
    return this.#used.size === 0 ? 'times are complete in the lines' : [...this.#used].join('; ');
  }

  #bySequence(raw: CivilTime, offset: number): readonly [number | undefined, string] {
    if (this.#year === undefined && this.#last === undefined && this.#notAfter !== undefined) {
      this.#year = latestYear(raw, offset, this.#notAfter);
      this.#origin = `from ${this.#year} by the file's date`;
    }
    if (this.#year === undefined) {
      if (this.#last === undefined) return [undefined, 'no year in the line and none given: no time'];
      this.#last = nearest(raw, offset, BigInt(this.#last) * 1_000_000n);
      return [this.#last, 'no year in the line: the one nearest to the last complete time'];
    }
    const rule = `no year in the line: ${this.#origin}, rolled when December turns to January`;
    let ms = milliseconds(raw, this.#year, offset);
    if (this.#last !== undefined && ms < this.#last - HALF_YEAR_MS) {
      this.#year++;
      ms = milliseconds(raw, this.#year, offset);
    } else if (this.#last !== undefined && ms > this.#last + HALF_YEAR_MS) {
      // A late line of last December after the first ones of January.
      return [milliseconds(raw, this.#year - 1, offset), rule];
    }
    this.#last = ms;
    return [ms, rule];
  }
}

function latestYear(raw: CivilTime, offset: number, notAfter: bigint): number {
  const until = Number(notAfter / 1_000_000n) + SLACK_MS;
  const year = new Date(until).getUTCFullYear() + 1;
  return [year, year - 1].find((candidate) => milliseconds(raw, candidate, offset) <= until) ?? year - 2;
}

function nearest(raw: CivilTime, offset: number, near: bigint): number {
  const target = Number(near / 1_000_000n);
  const year = new Date(target).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map((candidate) => milliseconds(raw, candidate, offset));
  return candidates.reduce((best, ms) => (Math.abs(ms - target) < Math.abs(best - target) ? ms : best));
}

function milliseconds(raw: CivilTime, year: number, offset: number): number {
  return Date.UTC(year, raw.month - 1, raw.day, raw.hour, raw.minute - offset, raw.second);
}

function nanoseconds(ms: number, raw: CivilTime): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(raw.nanos);
}
