/** The command line as a whole: the commands, and how usage errors end. It must not know what a command does. */
import { Command } from 'commander';
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

interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** What makes it a command of its own: arguments, options and what it does. */
  readonly load: () => Promise<(command: Command, context: CommandContext) => void>;
}

/** In the order of the help. */
const commands: readonly CommandEntry[] = [
  {
    name: 'record',
    description: 'record what this machine does: calls, log lines, containers; import and why read it',
    load: async () => (await import('./command/record.ts')).defineRecord,
  },
  {
    name: 'import',
    description: 'read recorded audit and application logs into a store; a repeat changes nothing',
    load: async () => (await import('./command/import.ts')).defineImport,
  },
  {
    name: 'why',
    description: 'say what led to a symptom: ranked root causes, and the path from each to the symptom',
    load: async () => (await import('./command/why.ts')).defineWhy,
  },
  {
    name: 'trace',
    description: 'show all that led to a symptom (--backward), or all that it touched (--forward)',
    load: async () => (await import('./command/trace.ts')).defineTrace,
  },
  {
    name: 'units',
    description: 'list the execution units of processes, each with what it printed and called',
    load: async () => (await import('./command/units.ts')).defineUnits,
  },
  {
    name: 'lines',
    description: 'print lines of logs as they were read, byte for byte, or those with a value in them',
    load: async () => (await import('./command/lines.ts')).defineLines,
  },
  {
    name: 'export',
    description: 'print the whole graph',
    load: async () => (await import('./command/export.ts')).defineExport,
  },
  {
    name: 'retain',
    description: 'remove what is older than a window, but not what explains what stays',
    load: async () => (await import('./command/retain.ts')).defineRetain,
  },
  {
    name: 'serve',
    description: 'take batches of records and answer, both over HTTP, until stopped (Ctrl-C)',
    load: async () => (await import('./command/serve.ts')).defineServe,
  },
  {
    name: 'ingest',
    description: 'take batches of records, for workers to fold; with Redis between them',
    load: async () => (await import('./command/service.ts')).defineService('ingest'),
  },
  {
    name: 'worker',
    description: 'fold what ingest took into a store',
    load: async () => (await import('./command/service.ts')).defineService('worker'),
  },
  {
    name: 'query',
    description: 'answer over HTTP from a store, by the side of what writes to it',
    load: async () => (await import('./command/service.ts')).defineService('query'),
  },
  {
    name: 'token',
    description: 'make a token for an agent, for questions, for profiles or for an operator',
    load: async () => (await import('./command/token.ts')).defineToken,
  },
  {
    name: 'dead-letters',
    description: 'list, show or replay batches that could not be folded, or programs not analysed',
    load: async () => (await import('./command/dead-letters.ts')).defineDeadLetters,
  },
  {
    name: 'analyse',
    description: 'find the log message strings of a program, and which can follow which',
    load: async () => (await import('./command/analyse.ts')).defineAnalyse,
  },
  {
    name: 'agent',
    description: 'record this node and bring what it records to ingest, until stopped (Ctrl-C)',
    load: async () => (await import('./command/agent.ts')).defineAgent,
  },
  {
    name: 'doctor',
    description: 'check Node, the store, kernel audit and tools, and say how to mend what is wrong',
    load: async () => (await import('./command/doctor.ts')).defineDoctor,
  },
  {
    name: 'completion',
    description: 'print what a shell needs to complete commands and options',
    load: async () => {
      const { defineCompletion } = await import('./command/completion.ts');
      return (command, context) => defineCompletion(command, context, () => described(context));
    },
  },
  {
    name: 'demo',
    description: 'import a recorded data theft, say what caused it, and serve the query API over it',
    load: async () => (await import('./command/demo.ts')).defineDemo,
  },
];

/** Every command with its options. */
async function described(context: CommandContext): Promise<Command[]> {
  const all: Command[] = [];
  for (const { name, description, load } of commands) {
    const command = new Command(name).description(description);
    (await load())(command, context);
    all.push(command);
  }
  return all;
}

/** Runs one command line (without node and script) and gives the exit code. Never rejects for bad input. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { terminal } = options;
  let code: ExitCode = exitCode.usage;
  const context: CommandContext = {
    terminal,
    untilStopped: options.untilStopped,
    frontEnds: options.frontEnds,
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
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(disprotrack COMMAND --help says more)')
    .configureOutput({
      writeOut: (text) => {
        printed.push(terminal.print(text));
      },
      writeErr: (text) => terminal.note(text.replace(/^error: /, 'disprotrack: ')),
    });
  for (const { name, description, load } of commands) {
    const command = program.command(name).description(description);
    // The others are there for the help alone: what they would load takes longer than many a command.
    if (argv.includes(name)) (await load())(command, context);
  }
  helpEnd(program, ['demo', 'why --store ./store 203.0.113.66:4444'], exitCodeHelp);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    code = reportFailure(error, terminal);
  }
  await Promise.all(printed);
  return code;
}
