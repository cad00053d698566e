/** Numbers, sizes and durations as people read them. */

/** By hand: the first use of a locale's data takes longer than many a command. */
export function grouped(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

export function durationText(ms: number): string {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 1e5) return `${(ms / 1e3).toFixed(1)} s`;
  const s = Math.round(ms / 1e3);
  return s < 3_600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`;
}

/** `+0.012345 s`, in the unit that keeps it short. */
export function offsetText(ns: bigint): string {
  const sign = ns < 0n ? '-' : '+';
  const ms = Math.abs(Number(ns)) / 1e6;
  if (ms < 1_000) return `${sign}${ms.toFixed(3)} ms`;
  if (ms < 100_000) return `${sign}${(ms / 1e3).toFixed(3)} s`;
  return `${sign}${durationText(ms)}`;
}
