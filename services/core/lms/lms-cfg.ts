/** The LMS-CFG as the runtime walks it. How it was found (binary, source, by hand) is not its business. */

export interface LmsNode {
  readonly id: number;
  /** The format string as the program has it: `AH00526: Syntax error on line %d of %s:`. */
  readonly text: string;
  /** Anchored, with one capture group for each conversion. */
  readonly regex: string;
  readonly function: string | undefined;
  /** Whether an event-handling loop's turn can begin (end) here. */
  readonly loopStart: boolean;
  readonly loopEnd: boolean;
  /** Syscalls that end the loop's turn after the last line. */
  readonly endSyscalls: readonly string[];
}

export interface LmsCfg {
  readonly program: string;
  readonly buildId: string | undefined;
  readonly nodes: readonly LmsNode[];
  /** Successors by node id. */
  readonly edges: ReadonlyMap<number, readonly number[]>;
}
