/**
 * Zones as lines and users name them: an offset from UTC, or a name of the IANA database (the runtime's copy), whose
 * offset changes over the year. It must not know which zone a line is in.
 */
import { zoneOffset } from './raw-time.ts';

/**
 * From the time that a clock in the zone shows (ms, as if it were UTC) to ms since the epoch. `last_ms`, the time of
 * the line before, tells which of the two hours is meant that clocks show when they are set back.
 */
export type Zone = (shown_ms: number, last_ms: number | undefined) => number;

/** `east`: minutes. */
export function fixedZone(east: number): Zone {
  return (shown_ms) => shown_ms - east * minute_ms;
}

/** Undefined for what is neither an offset such as `+0530` nor a zone's name. */
export function zoneNamed(name: string): Zone | undefined {
  const offset = zoneOffset(name);
  if (offset !== undefined) return fixedZone(offset);
  try {
    return changingZone(new Intl.DateTimeFormat('en-US', { ...fields, timeZone: name }));
  } catch {
    return undefined;
  }
}

const minute_ms = 60_000;
const day_ms = 86_400_000;
/** Offsets change on the quarter of an hour. */
const quarter_ms = 900_000;
/** Lines that come so much too late do not mean that clocks were set back. */
const disorder_ms_max = 1_800_000;

const fields = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

function changingZone(format: Intl.DateTimeFormat): Zone {
  let quarter = Number.NaN;
  let possible: readonly number[] = [];
  return (shown_ms, last_ms) => {
    if (Math.floor(shown_ms / quarter_ms) !== quarter) {
      quarter = Math.floor(shown_ms / quarter_ms);
      possible = offsetsAt(format, quarter * quarter_ms);
    }
    const times = possible.map((east_ms) => shown_ms - east_ms);
    return times.find((ms) => last_ms === undefined || ms >= last_ms - disorder_ms_max) ?? times.at(-1)!;
  };
}

/** Offsets (ms east) with which the zone's clocks show this time, the earlier instant first; the one before a gap. */
function offsetsAt(format: Intl.DateTimeFormat, shown_ms: number): readonly number[] {
  const before = offsetOf(format, shown_ms - day_ms);
  const after = offsetOf(format, shown_ms + day_ms);
  const valid = [...new Set([before, after])].filter((east) => offsetOf(format, shown_ms - east) === east);
  return valid.length === 0 ? [before] : valid.sort((a, b) => b - a);
}

function offsetOf(format: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!];
  const shown = Date.UTC(year, month - 1, day, parts.get('hour'), parts.get('minute'), parts.get('second'));
  return shown - Math.floor(ms / 1000) * 1000;
}
