/** Who says which functions a call can run: the finer analysis that a program's size allows. */
import type { FunctionPointers } from './function-pointers.ts';
import type { CallSite, ProgramValues } from './program-values.ts';
import { StructurePointers } from './structure/structure-pointers.ts';

export interface CallTargets {
  /** Functions that a call can run, ascending; none where nothing is known of the pointer. */
  targets(site: CallSite): number[];
  /** Whether structures are told apart. */
  readonly structured: boolean;
}

export function callTargets(program: ProgramValues, pointers: FunctionPointers): CallTargets {
  const structures = program.loadsApart ? new StructurePointers(program, pointers.data) : undefined;
  const structured = structures?.complete === true;
  const from = structured ? structures! : pointers;
  const known = new Map<CallSite, number[]>();
  const targets = (site: CallSite): number[] => {
    const found = known.get(site) ?? from.targets(site);
    known.set(site, found);
    return found;
  };
  return { structured, targets };
}
