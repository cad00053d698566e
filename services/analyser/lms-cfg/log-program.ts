/**
 * A program reduced to what matters for the order of its log lines: functions of blocks of events. Analysers of
 * binaries and of sources produce it; the LMS-CFG is built from it. It must not know instructions or languages.
 */

/** A log message string at the place that prints it. */
export interface LmsSite {
  /** Of the call's return address in a binary; `line:column` (1-based) in a source. */
  readonly address: string;
  /** The format as the program has it, without a trailing newline. */
  readonly text: string;
  /** Anchored, with one capture group for each conversion. */
  readonly regex: string;
  readonly function: string | undefined;
  /** The known log function that is reached in the end: `fprintf`, `syslog`, `console.log`. */
  readonly lmgf: string;
}

export type LogEvent =
  /** One of these is printed: indexes into `sites`. Several where a table or a branch chose the text. */
  | { readonly kind: 'log'; readonly sites: readonly number[] }
  /** One of these functions runs and returns: indexes into `functions`. Never empty. */
  | { readonly kind: 'call'; readonly targets: readonly number[] }
  | { readonly kind: 'syscall'; readonly name: string };

export interface LogBlock {
  readonly events: readonly LogEvent[];
  /** Indexes into the function's blocks. */
  readonly successors: readonly number[];
  /**
   * For each successor, the outcome of the call that is the last event with which control goes there; ANY_OUTCOME:
   * all that no other successor has. Left out: every outcome leads to every successor.
   */
  readonly after?: readonly number[];
  /** The function can return to its caller after these events. */
  readonly returns: boolean;
  /** The outcome that it then has for the caller; left out: ANY_OUTCOME. */
  readonly gives?: number;
}

/** Nothing is known of what a function gives back. Other outcomes are numbers below OUTCOMES_MAX. */
export const ANY_OUTCOME = 0;
/** As many as a set of bits has. */
export const OUTCOMES_MAX = 32;

export interface LogFunction {
  readonly name: string;
  /** The first is the entry. */
  readonly blocks: readonly LogBlock[];
}

export interface LogProgram {
  readonly sites: readonly LmsSite[];
  readonly functions: readonly LogFunction[];
  /** Where control enters from outside: main, constructors, thread starts, exported handlers. Into `functions`. */
  readonly entries: readonly number[];
}
