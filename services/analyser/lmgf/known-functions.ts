/**
 * Library functions that print, format or pass on text, and in which argument. Data: a table of names that programs
 * import or export; a user's own table and the libraries analysed with a program add to it. It must not know any
 * program, or where a table came from.
 */
import type { KnownFunction, LogFunctionTable } from '../../contract/log-function-table.ts';
import table from './known-functions.json' with { type: 'json' };

export type { KnownFunction };

export type KnownFunctions = ReadonlyMap<string, KnownFunction>;

/** The product's own table. A unit test holds it against the schema. */
export const knownFunctions: KnownFunctions = withTable(new Map(), table as unknown as LogFunctionTable);

/** What `added` says of a function counts, whatever was known of it; a later row over an earlier one. */
export function withTable(known: KnownFunctions, added: LogFunctionTable): KnownFunctions {
  const all = new Map(known);
  for (const [names, row] of added.functions) {
    for (const name of names.split(' ')) all.set(name, row);
  }
  return all;
}
