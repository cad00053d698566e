/**
 * The port of what turns files into a log program, by kind of file. A front end must not know the LMS-CFG, files on
 * disk, or bounds on time and memory.
 */
import type { LogFunctionTable } from '../contract/log-function-table.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { LogProgram } from './lms-cfg/log-program.ts';

export interface AnalyserInput {
  /** As the user named it, or below the folder that he named. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface FrontEndOptions {
  /** Callers up from a known log function that a wrapper may be. */
  readonly bt: number;
  /** The user's own log functions, besides the known ones and over them. */
  readonly functions?: LogFunctionTable | undefined;
  /** Told what begins now, for whoever waits. */
  onPhase(phase: string): void;
}

export interface FoundProgram {
  readonly program: LogProgram;
  /** Lower-case hex of the build id, where the files have one. */
  readonly buildId: string | undefined;
  /** `x86-64`, `aarch64`; the language of a source. */
  readonly arch: string | undefined;
  readonly counts: { readonly functions: number; readonly blocks: number; readonly callSites: number };
  readonly unresolved: { readonly jumps: number; readonly calls: number };
  /** A sentence: what may be missing, and why. */
  readonly coverage: string;
}

export interface FrontEndResult {
  /** Undefined where the files can't be analysed; a diagnostic of severity error then says why. */
  readonly found: FoundProgram | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FrontEnd {
  readonly name: string;
  /** Of files that it takes from a folder, with the dot; none where a folder of its files is no program. */
  readonly extensions: readonly string[];
  /** Its programs are executed themselves: a process shows the file, by whatever link it was started. */
  readonly isExecuted: boolean;
  accepts(input: AnalyserInput): boolean;
  /** Lower-case hex of the build id, without an analysis; left out where its files have none. */
  buildId?(input: AnalyserInput): string | undefined;
  /** The first input is the program; the others belong to it. */
  analyse(
    inputs: readonly AnalyserInput[],
    options: FrontEndOptions,
  ): FrontEndResult | Promise<FrontEndResult>;
}
