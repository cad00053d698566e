/** Who says which functions a call can run: the finer analysis that a program's size allows. */
import type { FunctionPointers } from './function-pointers.ts';
import type { CallSite, ProgramValues } from './program-values.ts';
import { StructurePointers } from './structure/structure-pointers.ts';

export interface CallTargets {
  /** Functions that a call can run, ascending; none where nothing is known of the pointer. */
  targets(site: CallSite): readonly number[];
  /** Whether structures are told apart. */
  readonly structured: boolean;
}

export function callTargets(program: ProgramValues, pointers: FunctionPointers): CallTargets {
  const found = program.loadsApart ? structuredTargets(program, pointers) : undefined;
  return {
    structured: found !== undefined,
    targets: (site) => found?.get(site) ?? pointers.targets(site),
  };
}

/** Of all computed calls, so that the constraints can be forgotten; undefined where they came to no end. */
function structuredTargets(
  program: ProgramValues,
  { data }: FunctionPointers,
): Map<CallSite, number[]> | undefined {
  const structures = new StructurePointers(program, data);
  if (!structures.complete) return undefined;
  const found = new Map<CallSite, number[]>();
  for (const site of program.sites.flat()) {
    if (site.callee === undefined && site.name === undefined) found.set(site, structures.targets(site));
  }
  return found;
}
