/** `disprotrack completion`: what a shell completes, made from the commands themselves. */
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd } from '../option.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  readonly long: string;
  readonly description: string;
  /** Undefined for one that takes no value; empty for a value of any kind, which is completed as a file. */
  readonly values: readonly string[] | undefined;
}

/** `describe` gives the commands with their options, each defined as the command line itself defines it. */
export function defineCompletion(
  command: Command,
  context: CommandContext,
  describe: () => Promise<readonly Command[]>,
): void {
  command
    .addArgument(new Argument('<shell>', 'whose completion to print').choices([...shells]))
    .addHelpText(
      'after',
      '\nTo have it in every shell:\n' +
        '  bash: disprotrack completion bash > /etc/bash_completion.d/disprotrack\n' +
        '  zsh:  disprotrack completion zsh > _disprotrack, in a folder of $fpath\n' +
        '  fish: disprotrack completion fish > ~/.config/fish/completions/disprotrack.fish',
    )
    .action(async (shell: Shell) => {
      await context.terminal.print(completionText(shell, (await describe()).map(completed)));
      context.done(exitCode.found);
    });
  helpEnd(command, ['completion bash'], exitCodeHelp);
}

function completed(command: Command): CompletedCommand {
  const options = command.options.flatMap(({ long, description, argChoices, required, optional }) => {
    if (long === undefined || long === null) return [];
    return [{ long, description, values: required || optional ? (argChoices ?? []) : undefined }];
  });
  return { name: command.name(), description: command.description(), options };
}

export function completionText(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options }) => {
    const values = options
      .filter(({ values }) => values !== undefined)
      .map(({ long, values }) => {
        const given = values!.length > 0 ? `-W '${values!.join(' ')}'` : '-f';
        return `      ${long}) COMPREPLY=( $(compgen ${given} -- "$word") ); return ;;`;
      });
    const words = options.map(({ long }) => long).join(' ');
    return `  ${name})\n    case "$before" in\n${values.join('\n')}\n    esac\n    words='${words}' ;;`;
  });
  return `# bash completion of disprotrack
_disprotrack() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=( $(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$word") )
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=( $(compgen -W "$words" -- "$word") ) ;;
    *) COMPREPLY=( $(compgen -f -- "$word") ) ;;
  esac
}
complete -o filenames -F _disprotrack disprotrack
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const entry = (text: string): string =>
    text
      .replace(/[\\'":[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const named = commands.map(({ name, description }) => `    '${name}:${entry(description)}'`);
  const cases = commands.map(({ name, options }) => {
    const specs = options.map(({ long, description, values }) => {
      const value =
        values === undefined ? '' : values.length > 0 ? `:value:(${values.join(' ')})` : ':value:_files';
      return `'${long}[${entry(description)}]${value}'`;
    });
    return `    ${name}) _arguments ${[...specs, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef disprotrack
_disprotrack() {
  local -a commands=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join('\n')}
  esac
}
_disprotrack "$@"
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c disprotrack -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...options.map(({ long, description: about, values }) => {
      const value =
        values === undefined ? '' : values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : ' -r -F';
      return `complete -c disprotrack -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)}${value} -d ${quoted(about)}`;
    }),
  ]);
  return `# fish completion of disprotrack\n${lines.join('\n')}\n`;
}
