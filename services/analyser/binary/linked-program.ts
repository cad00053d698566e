/**
 * A program and its libraries as one log program: a call of an imported symbol runs the library's function of that
 * name. It must not know how either was found.
 */
import type { MachineFunction } from '../cfg/machine-function.ts';
import type { ElfImage } from '../elf/elf-image.ts';
import type { KnownFunctions } from '../lmgf/known-functions.ts';
import type { LogEvent, LogFunction, LogProgram } from '../lms-cfg/log-program.ts';

export interface ProgramPart {
  readonly name: string;
  readonly image: ElfImage;
  readonly program: LogProgram;
  readonly exported: KnownFunctions;
  readonly functions: readonly MachineFunction[];
  readonly counts: { readonly functions: number; readonly blocks: number; readonly callSites: number };
  readonly unresolved: { readonly jumps: number; readonly calls: number };
  readonly computedCalls: number;
  /** Whether structures are told apart. */
  readonly structured: boolean;
}

export function linkPrograms(parts: readonly ProgramPart[]): LogProgram {
  if (parts.length === 1) return parts[0]!.program;
  const definitions = definedFunctions(parts);
  const sites = [];
  const functions: LogFunction[] = [];
  const entries: number[] = [];
  for (const [i, { name, program, functions: machine }] of parts.entries()) {
    const firstSite = sites.length;
    const firstFunction = functions.length;
    // Addresses of several files overlap: those of libraries carry the file's name.
    for (const site of program.sites)
      sites.push(i === 0 ? site : { ...site, address: `${name}:${site.address}` });
    const target = (index: number): number =>
      definitions.get(machine[index]?.importName ?? '') ?? firstFunction + index;
    const moved = (event: LogEvent): LogEvent => {
      if (event.kind === 'log') return { ...event, sites: event.sites.map((site) => site + firstSite) };
      return event.kind === 'call' ? { ...event, targets: event.targets.map(target) } : event;
    };
    for (const fn of program.functions) {
      const blocks = fn.blocks.map((block) => ({ ...block, events: block.events.map(moved) }));
      functions.push({ name: fn.name, blocks });
    }
    for (const entry of program.entries) entries.push(entry + firstFunction);
  }
  return { sites, functions, entries };
}

/** Indexes into all functions by exported name; the first file that defines a name has it, as for the loader. */
function definedFunctions(parts: readonly ProgramPart[]): Map<string, number> {
  const definitions = new Map<string, number>();
  let first = 0;
  for (const { functions } of parts) {
    for (const { index, name, exported, importName } of functions) {
      if (exported && importName === undefined && name !== undefined && !definitions.has(name)) {
        definitions.set(name, first + index);
      }
    }
    first += functions.length;
  }
  return definitions;
}
