/** `disprotrack import`: recorded logs into a store. */
import { hostname } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { FORMATS } from '../../core/app-log/format/registry.ts';
import { zoneNamed } from '../../core/app-log/zone.ts';
import { sensorNames } from '../../core/sensor/sensor-name.ts';
// Not only when the store is opened: its loading is no part of the time that an import takes.
import '../../store/embedded/open-writer.ts';
import { openStore } from '../../store/open-store.ts';
import { type ImportSummary, importFiles } from '../../worker/import-files.ts';
import { InputError, type InputFile } from '../../worker/input-stream.ts';
import type { CommandContext } from '../command-context.ts';
import { DiagnosticPrinter } from '../diagnostic-printer.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { checkInputs } from '../input-check.ts';
import { collected, helpEnd, storeOption, wholeNumber } from '../option.ts';
import { ProgressLine } from '../progress.ts';
import { importText } from '../render/import-text.ts';
import { paint } from '../render/paint.ts';

interface ImportOptions {
  readonly store: string;
  readonly host: string;
  readonly audit?: readonly string[];
  readonly log?: readonly InputFile[];
  readonly identity?: readonly string[];
  readonly recording?: readonly string[];
  readonly sensor?: readonly InputFile[];
  readonly profile?: readonly string[];
  readonly profiles?: readonly string[];
  readonly zone?: string;
  readonly year?: number;
  readonly growing?: true;
}

export function defineImport(command: Command, context: CommandContext): void {
  // Options are read in order, so that these two count for the logs that follow them.
  let format: string | undefined;
  let container: string | undefined;
  command
    .addOption(storeOption())
    .option('--host <name>', 'host that was recorded', hostname())
    .option('--audit <file...>', 'kernel audit log', collected)
    .option(
      '--log <file...>',
      'application log; its format is detected',
      (path: string, previous: readonly InputFile[] | undefined) => [
        ...(previous ?? []),
        { ...named(path), format, container },
      ],
    )
    .option('--format <name>', 'format of the logs that follow on the command line', (name: string) => {
      format = knownFormat(name);
      return name;
    })
    .option('--container <name>', 'container of the logs that follow on the command line', (name: string) => {
      container = name;
      return name;
    })
    .option('--identity <file...>', 'samples of containers, as an agent writes them', collected)
    .option('--recording <file...>', 'recording of a capture source, as record writes it', collected)
    .option(
      '--sensor <[format:]file...>',
      `JSON lines of ${sensorNames.join(', ')}; which is told by the lines`,
      (given: string, previous: readonly InputFile[] | undefined) => [...(previous ?? []), sensorFile(given)],
    )
    .option('--profile <file...>', 'LMS-CFG profile of a program', collected)
    .option('--profiles <dir...>', 'folder of profiles, as analyse --registry keeps them', collected)
    .option(
      '--zone <zone>',
      'zone of log times that name none, such as +0530 or Europe/Berlin (default: UTC)',
      knownZone,
    )
    .option(
      '--year <n>',
      "year of the first line of logs that name none (default: by the file's date)",
      wholeNumber(1970, 9_999),
    )
    .option(
      '--growing',
      'the plain files are still being written: what is not whole at their end is left for the next import',
    )
    .addHelpText(
      'after',
      `\nFiles may be plain, gzip or zstd; - is standard input.\nFormats: ${FORMATS.map((f) => f.name).join(', ')}.`,
    )
    .action(async (options: ImportOptions) => context.done(await importAll(options, context)));
  helpEnd(
    command,
    [
      'import --store ./store --recording node1.dpt',
      'import --store ./store --host node1 --audit audit.log.gz --log access.log error.log',
      'import --store ./store --sensor tetragon.log --log access.log',
      'import --store ./store --container web --log access.log --container db --format mysql-general --log general.log',
    ],
    exitCodeHelp,
  );
}

async function importAll(options: ImportOptions, { terminal }: CommandContext): Promise<ExitCode> {
  const { store: dir, host, zone, year, growing, profile: profiles = [], log: logs = [] } = options;
  const { profiles: registries = [] } = options;
  const audit = (options.audit ?? []).map(named);
  const identity = (options.identity ?? []).map(named);
  const recordings = (options.recording ?? []).map(named);
  const sensors = options.sensor ?? [];
  const files = [...audit, ...logs, ...identity, ...recordings, ...sensors];
  if (audit.length + logs.length + recordings.length + sensors.length === 0) {
    throw new UsageError('nothing to import; give --recording, --sensor, --audit or --log');
  }
  if (files.filter((file) => file.path === '-').length > 1) {
    throw new UsageError('standard input can be read once; only one file may be -');
  }
  // Before a store is made for nothing.
  await checkInputs({ audit, logs, identity, recordings, sensors }, { files: profiles, registries });
  const began = performance.now();
  const progress = new ProgressLine(terminal);
  const printer = new DiagnosticPrinter(terminal);
  const store = await openStore(dir, { mode: 'write' });
  let summary: ImportSummary;
  let graph: { vertices: number; edges: number };
  let total_ms: number;
  try {
    summary = await importFiles({
      store,
      host,
      audit,
      logs,
      identity,
      recordings,
      sensors,
      profiles,
      registries,
      zone,
      year,
      growing,
      onProgress: (p) => progress.show(p),
      onDiagnostic: (d) => printer.show(d, () => progress.clear()),
    });
    total_ms = performance.now() - began;
    graph = await store.counts();
  } finally {
    progress.clear();
    await store.close();
  }
  printer.end();
  await terminal.print(importText(summary, graph, total_ms, paint(terminal.colour)));
  return importCode(summary);
}

function importCode(summary: ImportSummary): ExitCode {
  const { useless } = summary;
  if (summary.records + summary.entries > 0) {
    if (useless.length === 0) return exitCode.found;
    throw new InputError('format', `nothing in ${useless.join(', ')} could be read; the rest was imported`, {
      hint: 'the remarks above say what stood there',
    });
  }
  if (summary.diagnostics.error === 0) return exitCode.nothing;
  throw new InputError('binary', 'nothing in the input could be read', {
    hint: 'is it an audit log (--audit) or an application log (--log)? the remarks above say what stood there',
  });
}

function named(path: string): InputFile {
  return { name: path === '-' ? 'standard input' : path, path };
}

/** A colon stands in the name of a file too: only a sensor's name before it counts. */
function sensorFile(given: string): InputFile {
  const format = sensorNames.find((name) => given.startsWith(`${name}:`));
  const path = format === undefined ? given : given.slice(format.length + 1);
  return { ...named(path), format };
}

function knownFormat(name: string): string {
  if (FORMATS.some((f) => f.name === name)) return name;
  throw new InvalidArgumentError(
    `There is no format of that name; there are ${FORMATS.map((f) => f.name).join(', ')}.`,
  );
}

function knownZone(zone: string): string {
  if (zoneNamed(zone) !== undefined) return zone;
  throw new InvalidArgumentError('It must be an offset such as +0530, or a name such as Europe/Berlin.');
}
