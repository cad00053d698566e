/** `disprotrack record`: a recording of this machine, as long as a command runs, for some time, or until stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireHelper } from '../../agent/capture/find-helper.ts';
import { hostContainers } from '../../agent/identity/host-containers.ts';
import { cgroupsOfContainer } from '../../agent/identity/named-container.ts';
import { Recording, type RecordingSummary } from '../../agent/recording.ts';
import { recordSource, type SourceName } from '../../core/record/record-kind.ts';
import type { CommandContext } from '../command-context.ts';
import { DiagnosticPrinter } from '../diagnostic-printer.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { CommandError, UsageError } from '../failure.ts';
import { collected, helpEnd } from '../option.ts';
import { grouped, plural, sizeText } from '../render/quantity.ts';

interface RecordOptions {
  readonly source: SourceName;
  readonly out: string;
  readonly for?: number;
  readonly prefix?: readonly string[];
  readonly container?: readonly string[];
  readonly only?: true;
  readonly stacks?: true;
  readonly helper?: string;
}

const for_s_max = 7 * 86_400;

export function defineRecord(command: Command, context: CommandContext): void {
  command
    .addOption(
      new Option('--source <name>', 'who sees the calls')
        .choices(Object.keys(recordSource))
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--out <file>',
      'recording to write, zstd; until its end it is FILE.PID.part; - is standard output',
    )
    .option('--for <time>', 'end after so long, such as 30s, 5m or 1h', duration)
    .option(
      '--prefix <path...>',
      'files whose writes are log lines, or below it (default: /var/log)',
      collected,
    )
    .option(
      '--container <name...>',
      'containers whose standard output is a log: name, id, or folder of the cgroup (default: every one)',
      collected,
    )
    .option('--only', 'nothing of processes outside of these containers')
    .option('--stacks', 'also who called for what is written to logs, with the source ebpf')
    .option('--helper <file>', 'the program disprotrack-capture, where it is not found by itself')
    .argument(
      '[command...]',
      'record while this runs; behind --; how it ends does not count for the exit code',
    )
    .action(async (words: readonly string[], options: RecordOptions) =>
      context.done(await record(words, options, context)),
    );
  helpEnd(
    command,
    [
      'record --source ebpf --out node1.dpt --for 30s',
      'record --source ebpf --out run.dpt -- cp /etc/hostname /tmp/copy && disprotrack why --recording run.dpt /tmp/copy',
    ],
    exitCodeHelp,
  );
}

async function record(
  words: readonly string[],
  options: RecordOptions,
  { terminal, untilStopped }: CommandContext,
): Promise<ExitCode> {
  if (words.length > 0 && options.for !== undefined) {
    throw new UsageError('give a time with --for, or a command, not both');
  }
  if (options.only && options.container === undefined) {
    throw new UsageError('--only wants the containers: name them with --container');
  }
  if (options.stacks && options.source !== 'ebpf') {
    throw new UsageError(
      `--stacks: the source ${options.source} does not see who called`,
      'record with --source ebpf',
    );
  }
  const relative = options.prefix?.find((prefix) => !prefix.startsWith('/'));
  if (relative !== undefined) {
    throw new UsageError(`--prefix ${relative} is no absolute path`, 'begin it with /');
  }
  const printer = new DiagnosticPrinter(terminal);
  const recording = new Recording({
    helper: requireHelper(options.helper),
    source: options.source,
    file: options.out,
    prefixes: options.prefix ?? ['/var/log'],
    onlyCgroups: options.only,
    stacks: options.stacks,
    cgroups: options.container === undefined ? 'all' : options.container.flatMap(cgroupsOf),
    diagnose: (d) => printer.show(d, () => {}),
  });
  let timer: NodeJS.Timeout | undefined;
  let remark = '';
  let failure: unknown;
  untilStopped().then(() => recording.stop());
  recording.begun.then(async () => {
    if (words.length > 0) {
      try {
        remark = await run(words);
        await recording.caughtUp();
        recording.stop();
      } catch (error) {
        failure = error;
        recording.abandon();
      }
    } else if (options.for !== undefined) timer = setTimeout(() => recording.stop(), options.for);
    else terminal.note('recording; Ctrl-C ends it\n');
  });
  try {
    const summary = await recording.run();
    printer.end();
    if (failure !== undefined) throw failure;
    terminal.note(summaryText(summary, options, remark));
    return summary.tally.captured > 0 ? exitCode.found : exitCode.nothing;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs the command on this terminal; what there is to say of its end. Rejects with CommandError. */
function run([program, ...words]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      const { code } = cause as NodeJS.ErrnoException;
      reject(
        new CommandError('command', `${program} can't be run (${code}); nothing was recorded`, { cause }),
      );
    };
    let child: ChildProcess;
    try {
      child = spawn(program!, words, { stdio: 'inherit' });
    } catch (cause) {
      fail(cause);
      return;
    }
    child.once('error', fail);
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? '' : `${program} ended with ${code ?? signal}\n`),
    );
  });
}

function summaryText(
  { tally, written_bytes, skippedBytes }: RecordingSummary,
  { out, source }: RecordOptions,
  remark: string,
): string {
  if (tally.captured === 0) return `${remark}nothing was recorded; ${out} is as it was\n`;
  const kinds = [...tally.byKind].map(([name, count]) => `${grouped(count)} ${name}`).join(', ');
  const lost = tally.lost === 0 ? 'none lost' : `${plural(tally.lost, 'record')} LOST`;
  const skipped = skippedBytes === 0 ? '' : `, ${skippedBytes} bytes that are no records`;
  const logs = source === 'audit' ? '' : `${plural(tally.logWrites, 'log write')}, `;
  return (
    remark +
    `${plural(tally.records, 'record')} (${kinds}), ${logs}${lost}${skipped}; ` +
    `${sizeText(written_bytes)} in ${out}\n` +
    (source === 'audit' ? auditRemark : '')
  );
}

/** What it can't see is not to be taken for what did not happen. */
const auditRemark =
  'audit sees no log lines (import takes the logs with --log), tells threads of a process not apart, ' +
  'and marks no process that had an io_uring before; docs/CAPTURE.md has the table\n';

/** As the helper takes them. */
function cgroupsOf(name: string): readonly string[] {
  if (name.startsWith('/') || /^(v1:)?\d+$/.test(name)) return [name];
  const found = cgroupsOfContainer(hostContainers(), name);
  if (found.length === 0) throw new UsageError(`no container ${name} runs here`);
  return found;
}

function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's']!;
  const time_ms = match === null ? Number.NaN : Number(match[1]) * unit;
  if (time_ms > 0 && time_ms <= for_s_max * 1_000) return time_ms;
  throw new InvalidArgumentError('It must be a time such as 30s, 5m or 1h.');
}
