/**
 * Library functions that print, format or pass on text, and in which argument. Data: a table of names that programs
 * import or export; the libraries analysed with a program add to it. It must not know any program.
 */
import type { FormatDialect } from '../../core/lms/format-regex.ts';
import table from './known-functions.json' with { type: 'json' };

/** Arguments count from 0. */
export interface KnownFunction {
  /** log: prints; format: makes a text elsewhere; copy: passes a text on; translate: gives back another wording. */
  readonly role: 'log' | 'format' | 'copy' | 'translate';
  /** Which argument is a format. */
  readonly format?: number;
  /** Which argument is printed (passed on) as it is. */
  readonly text?: number;
  /** The first argument that a format's conversions take; undefined: a `va_list`, or none. */
  readonly values?: number | undefined;
  /** What is written to: an argument, or what the function gives back; `pointed`: through a pointer to a pointer. */
  readonly destination?: number | 'result';
  readonly pointed?: boolean;
  /** A descriptor: only the standard ones and those kept somewhere are logs. */
  readonly descriptor?: number;
  readonly dialect?: FormatDialect;
}

export type KnownFunctions = ReadonlyMap<string, KnownFunction>;

type Row = readonly [names: string, KnownFunction];

export const knownFunctions: KnownFunctions = new Map(
  (table as unknown as { functions: Row[] }).functions.flatMap(([names, known]) =>
    names.split(' ').map((name) => [name, known] as const),
  ),
);
