/** Lengths of time as people write them. */

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A hundred years: nothing lasts longer. */
const ms_max = 36_525 * 86_400_000;

/** ms of `30d`, `12h`, `90m` or `45s`; undefined for what is none of these, and for nothing at all. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const ms = Number(count) * units[unit]!;
  return ms > 0 && ms <= ms_max ? ms : undefined;
}
