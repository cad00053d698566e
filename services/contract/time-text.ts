/** Times as the boundary has them: RFC 3339 in UTC with nanoseconds. Date alone would cut at milliseconds. */

/** A day that its month does not have is one of the next month. */
export const timePattern =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const ns_per_s = 1_000_000_000n;

/** ns since the epoch as `2026-11-24T20:28:41.123456789Z`. */
export function formatTime(ns: bigint): string {
  const seconds = ns / ns_per_s;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(ns % ns_per_s).padStart(9, '0')}Z`;
}

/** ns since the epoch; undefined where the text is no RFC 3339 time. */
export function parseTime(text: string): bigint | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, seconds, fraction = '', zone] = match;
  const ms = Date.parse(`${seconds!.replace(' ', 'T')}${zone!.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
