/** `disprotrack agent`: records this node and brings what it records to ingest, until stopped. */
import type { Command } from 'commander';
import { startAgent } from '../../agent/app.ts';
import { readAgentConfig } from '../../agent/config.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd } from '../option.ts';
import { safeText } from '../render/safe-text.ts';

interface AgentOptions {
  readonly config?: string;
}

export function defineAgent(command: Command, context: CommandContext): void {
  command
    .option('--config <file>', 'settings, a line NAME=value each; the environment goes before it')
    .addHelpText('after', '\nThe settings are in docs/AGENT.md.')
    .action(async (options: AgentOptions) => context.done(await runAgent(options, context)));
  helpEnd(command, ['agent --config /etc/disprotrack/agent.env'], exitCodeHelp);
}

async function runAgent({ config: file }: AgentOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, untilStopped } = context;
  const onNote = (note: string, error?: unknown): void => {
    const why = error === undefined ? '' : `: ${error instanceof Error ? error.message : String(error)}`;
    terminal.note(`${new Date().toISOString()} ${safeText(note + why)}\n`);
  };
  const running = await startAgent(readAgentConfig(file, process.env), onNote);
  onNote(`the agent runs; health and metrics on http://127.0.0.1:${running.statusPort}`);
  await untilStopped();
  onNote('closing');
  await running.stop();
  return exitCode.found;
}
