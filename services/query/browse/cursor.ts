/** Where a page ended, as text. It must not know what is paged. */
import { cursorPattern } from '../../contract/browse.ts';

export interface Cursor {
  /** ns. */
  readonly time?: bigint;
  readonly seen: number;
}

export function cursorText({ time, seen }: Cursor): string {
  return time === undefined ? `${seen}` : `${time}~${seen}`;
}

/** The text fits the pattern: its route has held it against that. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  const [, time, seen] = cursorPattern.exec(text)!;
  return time === undefined ? { seen: Number(seen) } : { time: BigInt(time), seen: Number(seen) };
}
