/** All functions of a program with their values, and who calls whom. It must not know which functions log. */
import { type BlockGraph, blockGraph } from '../cfg/block-graph.ts';
import { type FoundFunctions, findFunctions } from '../cfg/function-finder.ts';
import type { MachineFunction } from '../cfg/machine-function.ts';
import { neverReturning } from '../cfg/noreturn.ts';
import type { CallingConvention, InstructionSet } from '../disasm/instruction-set.ts';
import { Op } from '../disasm/micro-op.ts';
import type { ElfImage } from '../elf/elf-image.ts';
import type { ImageReader } from '../elf/read-image.ts';
import { BlockStates } from './block-states.ts';
import { ConditionTable } from './condition-table.ts';
import type { CallRecord, FunctionValues } from './function-record.ts';
import { functionValues } from './function-values.ts';
import { Transfer } from './transfer.ts';
import { Atom, NOTHING, STALE, ValueTable } from './value-table.ts';

export interface CallSite extends CallRecord {
  readonly fn: number;
  /** Index of the function that is called, where it is known and in the file. */
  readonly callee: number | undefined;
  /** Symbol of what is called: an import's, or the function's own. */
  readonly name: string | undefined;
}

export interface ProgramValues {
  readonly image: ElfImage;
  readonly reader: ImageReader;
  readonly found: FoundFunctions;
  readonly convention: CallingConvention;
  readonly values: ValueTable;
  readonly functions: readonly FunctionFacts[];
  /** By function, in the order of the code. */
  readonly sites: readonly (readonly CallSite[])[];
  /** By operation: several where what is passed depends on where control came from. */
  readonly sitesAt: ReadonlyMap<number, readonly CallSite[]>;
  readonly neverReturns: ReadonlySet<number>;
  /** Whether pointers are told apart by where they are loaded: not in very large programs. */
  readonly loadsApart: boolean;
  /** A function's blocks, made anew in a very large program: all of them at once would fill the memory. */
  graph(fn: number): BlockGraph;
}

export interface FunctionFacts extends Omit<FunctionValues, 'calls' | 'graph'> {
  /** How many; `ProgramValues.graph` gives them. */
  readonly blocks: number;
}

/** Beyond that, the pointers of a program take more memory than they are worth, and so do blocks that are kept. */
const operations_apart_max = 400_000;

export type Progress = (done: number, of: number) => void;

export function programValues(
  image: ElfImage,
  reader: ImageReader,
  isa: InstructionSet,
  progress: Progress,
): ProgramValues {
  const found = findFunctions(image, reader, isa);
  const target = staticTarget(image, found);
  const { functions: neverReturns, endsAtCall } = neverReturning(
    found,
    { target },
    isa.convention.stackPointer,
  );
  const values = new ValueTable();
  const imports = image.imports;
  const memory = { reader, isImportSlot: (address: number) => imports.has(address) };
  const isSmall = found.ops.length <= operations_apart_max;
  const states = new BlockStates(found.ops, new Transfer(values, isa.convention, found.ops, memory, isSmall));
  const conditions = new ConditionTable();
  const functions: FunctionFacts[] = [];
  const sites: CallSite[][] = [];
  const graphs: BlockGraph[] = [];
  for (const fn of found.functions) {
    if (fn.index % 256 === 0) progress(fn.index, found.functions.length);
    const { calls, graph, ...facts } = functionValues(states, fn, endsAtCall, conditions);
    functions.push({ ...facts, blocks: graph.from.length });
    if (isSmall) graphs.push(graph);
    sites.push(calls.map((call) => siteOf(found.functions, fn, call, target(call.at))));
  }
  const graph = (fn: number): BlockGraph =>
    graphs[fn] ??
    blockGraph(found.ops, found.functions[fn]!, { jumpTargets: functions[fn]!.jumpTargets, endsAtCall });
  const sitesAt = byOperation(sites);
  const { convention } = isa;
  return {
    ...{ image, reader, found, convention, values, functions, sites, sitesAt, neverReturns },
    ...{ loadsApart: isSmall, graph },
  };
}

function siteOf(
  functions: readonly MachineFunction[],
  fn: MachineFunction,
  call: CallRecord,
  to: string | number | undefined,
): CallSite {
  if (typeof to !== 'number') return { ...call, fn: fn.index, callee: undefined, name: to };
  const callee = functions[to]!;
  return { ...call, fn: fn.index, callee: to, name: callee.importName ?? callee.name };
}

/** What a call or jump goes to as far as the instruction itself says. */
function staticTarget(image: ElfImage, found: FoundFunctions) {
  const { ops, byAddress, functions } = found;
  return (at: number): string | number | undefined => {
    switch (ops.op[at]) {
      case Op.call:
      case Op.jump:
      case Op.jumpIf: {
        const index = byAddress.get(ops.imm[at]!);
        return index === undefined || functions[index]!.jumpsThrough !== undefined ? undefined : index;
      }
      case Op.callMemory:
      case Op.jumpMemory:
        return ops.b[at] === -1 && ops.x[at] === -1 ? image.imports.get(ops.imm[at]!) : undefined;
      default:
        return undefined;
    }
  };
}

/** Name of the import that a call runs; undefined where it runs a function of the file, or a computed one. */
export function importOf({ found }: ProgramValues, { callee, name }: CallSite): string | undefined {
  return callee === undefined ? name : found.functions[callee]!.importName;
}

/** Whether a call passes as many arguments as a function reads. */
export function passesEnough({ functions }: ProgramValues, site: CallSite, fn: number): boolean {
  const { variadic, parameters } = functions[fn]!;
  return variadic || parameters <= argumentsPassed(site);
}

export function argumentsPassed({ args }: CallSite): number {
  let passed = 0;
  while (passed < args.length && args[passed] !== STALE && args[passed] !== NOTHING) passed++;
  return passed;
}

function byOperation(sites: readonly (readonly CallSite[])[]): Map<number, CallSite[]> {
  const found = new Map<number, CallSite[]>();
  for (const own of sites) {
    for (const site of own) {
      const known = found.get(site.at);
      if (known === undefined) found.set(site.at, [site]);
      else known.push(site);
    }
  }
  return found;
}

/** Values stored to variables with a fixed address. */
export function storedIn({ functions, values }: ProgramValues): Map<number, number[]> {
  const stored = new Map<number, number[]>();
  for (const { stores } of functions) {
    for (const { place, value } of stores) {
      if (values.kind(place) !== Atom.constant) continue;
      const known = stored.get(values.a(place));
      if (known === undefined) stored.set(values.a(place), [value]);
      else if (!known.includes(value) && known.length < 64) known.push(value);
    }
  }
  return stored;
}
