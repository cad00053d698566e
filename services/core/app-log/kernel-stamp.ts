/** The stamp that the published kernel module writes before a log line: `pid = N, date = [ns] `. */

export interface KernelStamp {
  /** As the host numbers it. */
  readonly pid: number;
  /** ns since the epoch. */
  readonly time: bigint;
  /** Characters (all ASCII, so bytes too) of the stamp. */
  readonly length: number;
}

const STAMP = /^pid = (\d{1,10}), date = \[(\d{1,20})\] ?/;

export function kernelStamp(text: string): KernelStamp | undefined {
  if (!text.startsWith('pid = ')) return undefined;
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  return { pid: Number(match[1]), time: BigInt(match[2]!), length: match[0].length };
}
