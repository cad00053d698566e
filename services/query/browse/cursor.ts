/** Where a page ended, as text that only we read. It must not know what is paged. */

/** The next page begins at this time (ns), behind so many of the same time; or behind so many in all. */
export interface Cursor {
  readonly time?: bigint;
  readonly seen: number;
}

const form = /^(?:(\d{1,20})~)?(\d{1,7})$/;

export class CursorError extends Error {
  override readonly name = 'CursorError';
  readonly statusCode = 422;
}

export function cursorText({ time, seen }: Cursor): string {
  const plain = time === undefined ? `${seen}` : `${time}~${seen}`;
  return Buffer.from(plain).toString('base64url');
}

/** Throws CursorError where the text is none of ours. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  const match = form.exec(Buffer.from(text, 'base64url').toString());
  if (match === null) throw new CursorError('the cursor is none that this service gave');
  const [, time, seen] = match;
  return time === undefined ? { seen: Number(seen) } : { time: BigInt(time), seen: Number(seen) };
}
