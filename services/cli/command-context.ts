/** What a command gets to work with, and how it says that it is done. */
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** A module of front ends for analyses, in place of the product's: for tests. */
  readonly frontEnds: URL | undefined;
  /** Told once, by the command that ran. */
  done(code: ExitCode): void;
  /** Resolves when the user (or a supervisor) asks the process to end. */
  untilStopped(): Promise<void>;
}
