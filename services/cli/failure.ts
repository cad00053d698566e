/** The one place where an error becomes a sentence and an exit code. */
import { CommanderError } from 'commander';
import { AgentError } from '../agent/agent-error.ts';
import { AnalysisError } from '../analyser/analysis-error.ts';
import { QueueError } from '../core/batch-queue.ts';
import { StoreError } from '../core/graph-store.ts';
import { InputError } from '../worker/input-stream.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { safeText } from './render/safe-text.ts';
import type { Terminal } from './terminal.ts';

/** The command line does not say what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The machine does not let a command do what it should: a port that is taken, a folder that can't be written. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: 'port' | 'output' | 'recording' | 'tokens' | 'service' | 'command';
  readonly hint: string | undefined;
  constructor(code: CommandError['code'], message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

const helpCodes = new Set(['commander.helpDisplayed', 'commander.version']);

/** Says what went wrong in one sentence with what to do; a stack is shown for a defect of ours alone. */
export function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  // Commander has said it already.
  if (error instanceof CommanderError) return helpCodes.has(error.code) ? exitCode.found : exitCode.usage;
  if (error instanceof UsageError) return say(terminal, error, exitCode.usage);
  if (
    error instanceof StoreError ||
    error instanceof QueueError ||
    error instanceof InputError ||
    error instanceof AnalysisError ||
    error instanceof AgentError ||
    error instanceof CommandError
  ) {
    return say(terminal, error, exitCode.input);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.note(
    `disprotrack: a defect in disprotrack itself, not in your input; please report it:\n${text}\n`,
  );
  return exitCode.defect;
}

function say(
  terminal: Terminal,
  error: { message: string; hint: string | undefined },
  code: ExitCode,
): ExitCode {
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  terminal.note(`disprotrack: ${safeText(error.message + hint)}\n`);
  return code;
}
