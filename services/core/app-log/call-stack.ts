/** Who called for a write, innermost first: a part of an entry's stamp. It must not know how it was found out. */

export interface CodePlace {
  /** Hex of the build id; empty where the file has none. */
  readonly build: string;
  readonly path: string;
  /** The call's return address, as the file was linked. */
  readonly address: number;
}

/** By the number that records have for it: why a stack ends where it does. */
export const stackEnds = [
  'unknown',
  'end',
  'full',
  'pending',
  'no-table',
  'no-row',
  'no-code',
  'unreadable',
  'busy',
  'rule',
] as const;
export type StackEnd = (typeof stackEnds)[number];

export interface CallStack {
  readonly end: StackEnd;
  readonly places: readonly CodePlace[];
}
