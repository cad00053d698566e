/** The command line as a whole: the commands, and how usage errors end. It must not know what a command does. */
import { Command } from 'commander';
import { addAnalyse } from './command/analyse.ts';
import { addDemo } from './command/demo.ts';
import { addDoctor } from './command/doctor.ts';
import { addExport } from './command/export.ts';
import { addImport } from './command/import.ts';
import { addServe } from './command/serve.ts';
import { addTrace } from './command/trace.ts';
import { addWhy } from './command/why.ts';
import type { CommandContext } from './command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { helpEnd } from './option.ts';
import type { Terminal } from './terminal.ts';

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly version: string;
  readonly untilStopped: () => Promise<void>;
  /** A module of front ends for analyses, in place of the product's. */
  readonly frontEnds?: URL;
}

/** Runs one command line (without node and script) and gives the exit code. Never rejects for bad input. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { terminal } = options;
  let code: ExitCode = exitCode.usage;
  const context: CommandContext = {
    terminal,
    untilStopped: options.untilStopped,
    done(given) {
      code = given;
    },
  };
  // Help and version are the answer, and are printed whole before the command ends.
  const printed: Promise<void>[] = [];
  const program = new Command('disprotrack')
    .description('This happened: what caused it, and what else did it touch?')
    .version(options.version)
    .exitOverride()
    .showHelpAfterError('(disprotrack COMMAND --help says more)')
    .configureOutput({
      writeOut: (text) => {
        printed.push(terminal.print(text));
      },
      writeErr: (text) => terminal.note(text.replace(/^error: /, 'disprotrack: ')),
    });
  for (const add of [addImport, addWhy, addTrace, addExport, addServe, addDoctor, addDemo])
    add(program, context);
  addAnalyse(program, context, options.frontEnds);
  helpEnd(program, ['demo', 'why --store ./store 203.0.113.66:4444'], exitCodeHelp);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    code = reportFailure(error, terminal);
  }
  await Promise.all(printed);
  return code;
}
