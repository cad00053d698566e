/**
 * Holes of a line's shape. A line is bytes, one character each, so that characters above 0xff are free to stand for
 * holes: a shape is text with one or two of them for each hole. It must not know how holes are found.
 */

export type ValueKind = 'number' | 'address' | 'time' | 'id' | 'path' | 'text';

export const valueKinds: readonly ValueKind[] = ['number', 'address', 'time', 'id', 'path', 'text'];

/** First characters of holes. Those of `digits`, `decimal` and `time` are followed by one that says more. */
export const hole = {
  /** A number as it is usually printed. */
  number: 0x100,
  /** So many digits; the next character less `parameter` says how many. */
  digits: 0x101,
  /** A number with so many digits after its point. */
  decimal: 0x102,
  /** Of IPv4, as a number. */
  address4: 0x103,
  address6: 0x104,
  /** The next character says how it is written: see line-time.ts. */
  time: 0x105,
  id: 0x106,
  path: 0x107,
  text: 0x108,
} as const;

/** Added to what the second character of a hole says. */
export const parameter = 0x200;

const kinds: Readonly<Record<number, ValueKind>> = {
  [hole.number]: 'number',
  [hole.digits]: 'number',
  [hole.decimal]: 'number',
  [hole.address4]: 'address',
  [hole.address6]: 'address',
  [hole.time]: 'time',
  [hole.id]: 'id',
  [hole.path]: 'path',
  [hole.text]: 'text',
};

export interface Hole {
  readonly code: number;
  /** What the second character says; 0 where there is none. */
  readonly detail: number;
  readonly kind: ValueKind;
  /** Whether its values are numbers. */
  readonly isNumeric: boolean;
  /** The constant text before it. */
  readonly before: string;
}

export interface Shape {
  readonly holes: readonly Hole[];
  /** The constant text after the last hole. */
  readonly end: string;
}

/** Takes a shape's text apart. */
export function parseShape(text: string): Shape {
  const holes: Hole[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < hole.number) continue;
    const before = text.slice(from, at);
    const isDetailed = code === hole.digits || code === hole.decimal || code === hole.time;
    const detail = isDetailed ? text.charCodeAt(++at) - parameter : 0;
    const isNumeric = isDetailed || code === hole.number || code === hole.address4;
    holes.push({ code, detail, kind: kinds[code]!, isNumeric, before });
    from = at + 1;
  }
  return { holes, end: text.slice(from) };
}
