/**
 * Calls that a compiler merged, told apart by the block that control came from: compilers merge the ends of branches,
 * and with them calls that differ in an argument. It must not know which calls print.
 */
import type { CallRecord } from './function-record.ts';
import type { Transfer } from './transfer.ts';
import { Atom } from './value-table.ts';

/** Whether an argument is one of several constant texts. */
export function isMerged(call: CallRecord, { values, reader }: Transfer): boolean {
  return call.args.some((value) => {
    if (values.kind(value) >= 0) return false;
    const members = values.members(value);
    if (members.length < 2) return false;
    const constant = (atom: number): boolean =>
      values.kind(atom) === Atom.constant && values.a(atom) > 4096 && reader.isReadOnly(values.a(atom));
    return members.some(constant);
  });
}

/** Calls that are the same from everywhere once, others once for each block that control can come from. */
export function separate(
  joined: readonly CallRecord[],
  came: readonly number[],
  variants: readonly (readonly CallRecord[])[],
): CallRecord[] {
  return joined.flatMap((call, i) => {
    const differs = variants.some((calls) => calls[i] !== undefined && !sameArguments(calls[i]!, call));
    if (!differs) return [call];
    return variants.map((calls, k) => ({ ...(calls[i] ?? call), cameFrom: came[k]! }));
  });
}

function sameArguments({ args: a }: CallRecord, { args: b }: CallRecord): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
