/**
 * Linked programs and shared libraries for x86-64 and aarch64. Libraries given with a program are analysed first: what
 * they print for their callers counts for the program too. It must not know the LMS-CFG.
 */
import type { Diagnostic } from '../../core/diagnostic.ts';
import { aarch64 } from '../disasm/aarch64-lowering.ts';
import { x86 } from '../disasm/x86-lowering.ts';
import { buildIdOf } from '../elf/build-id.ts';
import { findDebugFile } from '../elf/debug-file.ts';
import type { ElfImage } from '../elf/elf-image.ts';
import { readElf } from '../elf/read-elf.ts';
import { ImageReader } from '../elf/read-image.ts';
import type { AnalyserInput, FoundProgram, FrontEnd, FrontEndOptions } from '../front-end.ts';
import { goFunctions } from '../go-binary/function-table.ts';
import { goInstructionSet } from '../go-binary/go-convention.ts';
import { findGoLogSites } from '../go-binary/log-sites.ts';
import { type KnownFunctions, knownFunctions, withTable } from '../lmgf/known-functions.ts';
import { findLogSites } from '../lmgf/log-sites.ts';
import { callTargets } from '../value/call-targets.ts';
import { FunctionPointers } from '../value/function-pointers.ts';
import { ImportCallbacks } from '../value/import-callbacks.ts';
import { programValues } from '../value/program-values.ts';
import { linkPrograms, type ProgramPart } from './linked-program.ts';
import { logProgram } from './log-program.ts';

const magic = [0x7f, 0x45, 0x4c, 0x46];

export const elfFrontEnd: FrontEnd = {
  name: 'ELF programs and shared libraries',
  extensions: [],
  isExecuted: true,
  accepts: ({ bytes }) => magic.every((byte, at) => bytes[at] === byte),
  buildId: ({ bytes }) => buildIdOf(bytes),
  analyse(inputs, options) {
    const diagnostics: Diagnostic[] = [];
    const parts: ProgramPart[] = [];
    let known =
      options.functions === undefined ? knownFunctions : withTable(knownFunctions, options.functions);
    for (const input of [...inputs].reverse()) {
      const read = imageOf(input, diagnostics);
      if (read === undefined) return { found: undefined, diagnostics };
      const part = analyseImage(input.path, read, known, options);
      parts.unshift(part);
      known = new Map([...part.exported, ...known]);
    }
    return { found: foundOf(parts), diagnostics };
  },
};

interface ReadProgram {
  readonly image: ElfImage;
  readonly reader: ImageReader;
  /** Go's compiler made it. */
  readonly isGo: boolean;
}

function imageOf({ path, bytes }: AnalyserInput, diagnostics: Diagnostic[]): ReadProgram | undefined {
  const first = readElf(bytes, { file: path });
  const stripped = first.image !== undefined && !first.image.symbols.some((s) => !s.exported);
  const debug = stripped ? findDebugFile(path, bytes, first.image?.buildId) : undefined;
  const read = debug?.debug === undefined ? first : readElf(bytes, { file: path, debug: debug.debug });
  diagnostics.push(...read.diagnostics, ...(debug?.diagnostics ?? []));
  if (read.image === undefined) return undefined;
  const { image } = read;
  const reader = new ImageReader(image);
  const symbols = goFunctions(image, reader);
  if (symbols !== undefined) return { image: { ...image, symbols }, reader, isGo: true };
  if (!isNameless(image)) return { image, reader, isGo: false };
  diagnostics.push({
    severity: 'error',
    code: 'elf-nameless',
    message: 'It is linked statically and stripped: nothing in it names a function that prints.',
    file: path,
    line: 0,
    column: 0,
  });
  return undefined;
}

function isNameless({ imports, symbols }: ElfImage): boolean {
  return imports.size === 0 && !symbols.some((symbol) => symbol.kind === 'function');
}

function analyseImage(
  path: string,
  { image, reader, isGo }: ReadProgram,
  known: KnownFunctions,
  { bt, onPhase }: FrontEndOptions,
): ProgramPart {
  const name = path.slice(path.lastIndexOf('/') + 1);
  onPhase(`reading the instructions of ${name}`);
  const isa = isGo ? goInstructionSet(image.architecture) : image.architecture === 'aarch64' ? aarch64 : x86;
  const values = programValues(image, reader, isa, (done, of) =>
    onPhase(`following values in ${name}, ${Math.floor((100 * done) / of)} %`),
  );
  onPhase(`following pointers in ${name}`);
  const pointers = new FunctionPointers(values);
  onPhase(`finding log calls in ${name}`);
  const logs = isGo ? findGoLogSites(values, bt) : findLogSites(values, pointers, known, bt);
  const targets = callTargets(values, pointers);
  const program = logProgram(values, targets, new ImportCallbacks(values, pointers), logs);
  const calls = values.sites.flat();
  return {
    name,
    image,
    program,
    exported: logs.exported,
    functions: values.found.functions,
    counts: {
      functions: values.found.functions.length,
      blocks: values.functions.reduce((sum, fn) => sum + fn.blocks, 0),
      callSites: calls.length,
    },
    unresolved: {
      jumps: values.functions.reduce((sum, fn) => sum + fn.unresolvedJumps, 0),
      calls: calls.filter(
        (site) => site.callee === undefined && site.name === undefined && targets.targets(site).length === 0,
      ).length,
    },
    structured: targets.structured,
    computedCalls: calls.filter((site) => site.callee === undefined && site.name === undefined).length,
  };
}

function foundOf(parts: readonly ProgramPart[]): FoundProgram {
  const sum = (of: (part: ProgramPart) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const unresolved = { jumps: sum((p) => p.unresolved.jumps), calls: sum((p) => p.unresolved.calls) };
  const computed = sum((p) => p.computedCalls);
  const { buildId, architecture } = parts[0]!.image;
  return {
    program: linkPrograms(parts),
    buildId,
    arch: architecture,
    counts: {
      functions: sum((p) => p.counts.functions),
      blocks: sum((p) => p.counts.blocks),
      callSites: sum((p) => p.counts.callSites),
    },
    unresolved,
    coverage:
      `${computed - unresolved.calls} of ${computed} calls through pointers have targets, by where pointers are ` +
      `stored${parts.every((part) => part.structured) ? '' : ', structures not told apart in so large a program'}; ${unresolved.jumps} computed jumps are not understood. Libraries that were not given are ` +
      'taken to print nothing but what known log functions print, and what is called as a log function is.',
  };
}
