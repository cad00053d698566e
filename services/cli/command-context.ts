/** What a command gets to work with, and how it says that it is done. */
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** Told once, by the command that ran. */
  done(code: ExitCode): void;
  /** Resolves when the user (or a supervisor) asks the process to end. */
  untilStopped(): Promise<void>;
}
