/** The one place where an error becomes a sentence and an exit code. */
import { CommanderError } from 'commander';
import { AgentError } from '../agent/agent-error.ts';
import { AnalysisError } from '../analyser/analysis-error.ts';
import { QueueError } from '../core/batch-queue.ts';
import { StoreError } from '../core/graph-store.ts';
import { SymptomError } from '../core/trace/symptom/symptom.ts';
import { ConfigError } from '../runtime/config-error.ts';
import { InputError } from '../worker/input-stream.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { safeLabel, safeText } from './render/safe-text.ts';
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

/** Of wrong settings: a file that is none at all has many. */
const problems_count_max = 50;
const problem_length_max = 400;

const helpCodes = new Set(['commander.helpDisplayed', 'commander.version']);

/** Says what went wrong in one sentence with what to do; a stack is shown for a defect of ours alone. */
export function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  // Commander has said it already.
  if (error instanceof CommanderError) return helpCodes.has(error.code) ? exitCode.found : exitCode.usage;
  if (error instanceof UsageError) return say(terminal, error, exitCode.usage);
  if (error instanceof SymptomError)
    return say(terminal, { message: error.message, hint: undefined }, exitCode.usage);
  if (error instanceof ConfigError) return sayProblems(terminal, error.problems);
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

/** A line for each. */
function sayProblems(terminal: Terminal, problems: readonly string[]): ExitCode {
  const shown = problems
    .slice(0, problems_count_max)
    .map((problem) => safeLabel(problem, problem_length_max));
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  terminal.note(`disprotrack: the configuration is wrong:\n${shown.map((line) => `  ${line}\n`).join('')}`);
  return exitCode.usage;
}
