/** `disprotrack analyse`: a program's log message strings, and which can follow which. */
import { zstdCompressSync } from 'node:zlib';
import { type Command, InvalidArgumentError } from 'commander';
import { type Analysis, analyseFile } from '../../analyser/app.ts';
import type { LmsCfgProfile } from '../../contract/lms-cfg-profile.ts';
import type { LogFunctionTable } from '../../contract/log-function-table.ts';
import { profileText, toLmsCfg } from '../../contract/profile-form.ts';
import { diffLmsCfg } from '../../core/lms/lms-cfg-diff.ts';
import { readProfile } from '../../worker/profile-registry.ts';
import { printAnalysis } from '../analysis-json.ts';
import type { CommandContext } from '../command-context.ts';
import { DiagnosticPrinter } from '../diagnostic-printer.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { helpEnd, wholeNumber } from '../option.ts';
import { PhaseLine } from '../phase-line.ts';
import { analysisText } from '../render/analysis-text.ts';
import { diffText } from '../render/diff-text.ts';
import { explanationText, findNodes } from '../render/node-text.ts';
import { paint } from '../render/paint.ts';
import { safeLabel } from '../render/safe-text.ts';
import { ServiceClient, tokenOf } from '../service-client.ts';
import { writeWhole } from '../write-whole.ts';

interface AnalyseOptions {
  readonly bt: number;
  readonly functions?: string;
  readonly out?: string;
  readonly registry?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly json?: true;
  readonly edges?: true;
  readonly explain?: string;
  readonly diff?: readonly [string, string];
  readonly timeout: number;
  readonly maxMemory: number;
}

/** The deepest of the paper's range. */
const bt_default = 5;
const timeout_s_default = 300;
const memory_mb_default = 4_096;

/** Texts that fit almost any line, of which some are named. */
const catchAlls_max = 5;
const text_length_max = 60;

export function defineAnalyse(command: Command, context: CommandContext): void {
  command
    .argument('[file...]', 'a program and the libraries that it loads, or the sources of one program')
    .option('--bt <n>', `callers to go up from a log function, 0 to 10`, wholeNumber(0, 10), bt_default)
    .option(
      '--functions <file>',
      'your own table of log functions of binaries, as docs/LOG-FUNCTIONS.md says',
    )
    .option('--out <file>', 'write the profile there, whole or not at all')
    .option(
      '--registry <dir>',
      'keep the profile there by its build id, and analyse only what is not there yet',
    )
    .option('--server <url>', 'bring the profile to the ingest service there, for its registry')
    .option('--token-file <file>', 'with --server: file with a token for profiles (or DISPROTRACK_TOKEN)')
    .option('--json', 'print what was found as JSON')
    .option('--edges', 'with --json: also the pairs of strings that can follow each other')
    .option(
      '--explain <string>',
      'say all about one string, given by its address, its text or a line it prints',
    )
    .option('--diff <profiles...>', 'compare two profiles', twoFiles)
    .option('--timeout <s>', 'seconds the analysis may take', wholeNumber(1, 86_400), timeout_s_default)
    .option('--max-memory <mb>', 'megabytes it may take', wholeNumber(100, 1 << 20), memory_mb_default)
    .action(async (files: readonly string[], options: AnalyseOptions) =>
      context.done(await analyse(files, options, context)),
    );
  helpEnd(
    command,
    [
      'analyse --out server.profile.json /usr/sbin/server',
      'analyse --registry ./profiles /usr/sbin/server',
      'analyse --server http://ingest:7071 --token-file profiles.token /usr/sbin/server',
      'analyse --json --edges /usr/sbin/server /usr/lib/libserver.so.1',
      'analyse --diff old.profile.json new.profile.json',
    ],
    exitCodeHelp,
  );
}

async function analyse(
  files: readonly string[],
  options: AnalyseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  if (options.diff !== undefined) {
    const [a, b] = options.diff;
    if (files.length > 0 || b === undefined)
      throw new UsageError('--diff takes two profiles and nothing else');
    const diff = diffLmsCfg(await readProfile(a), await readProfile(b));
    await terminal.print(diffText(diff, paint(terminal.colour)));
    return diff.isSame ? exitCode.nothing : exitCode.found;
  }
  if (files.length === 0) throw new UsageError('nothing to analyse; name a program or its sources');
  if (options.explain?.trim() === '')
    throw new UsageError('--explain which? name an address, a text or a line');
  if (options.edges && !options.json) throw new UsageError('--edges belongs to --json');
  if (options.explain !== undefined && options.json)
    throw new UsageError('--explain answers in text, not --json');
  if (options.registry !== undefined) return register(files, options.registry, options, context);
  const analysis = await run(files, options, context);
  const { profile } = analysis;
  if (options.out !== undefined) await writeWhole(options.out, profileText(profile));
  await bring(profile, options, context);
  if (options.explain !== undefined) return explain(options.explain, analysis, context);
  if (options.json) await printAnalysis(analysis, options.edges === true, terminal);
  else await terminal.print(analysisText(analysis, options.out, paint(terminal.colour)));
  return profile.nodes.length > 0 ? exitCode.found : exitCode.nothing;
}

async function register(
  files: readonly string[],
  registry: string,
  options: AnalyseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.out !== undefined || options.explain !== undefined || options.json)
    throw new UsageError('--registry keeps the profile, and goes with none of --out, --json and --explain');
  const { terminal } = context;
  const { bounds, ...rest } = await limits(options);
  const { runAnalyseJob } = await import('../../analyser/analyse-job.ts');
  const job = {
    ...rest,
    paths: [...files],
    registry,
    timeMsMax: bounds.time_ms_max,
    memoryMbMax: bounds.memory_mb_max,
  };
  const { file, profile, analysis } = await watched(
    context,
    (onPhase) => runAnalyseJob(job, { onPhase, frontEnds: context.frontEnds }),
    (done) => done.analysis,
  );
  if (analysis === undefined) terminal.note(`disprotrack: ${file} is of just that; nothing was analysed\n`);
  await bring(profile, options, context);
  await terminal.print(analysisText(analysis ?? { profile }, file, paint(terminal.colour)));
  return profile.nodes.length > 0 ? exitCode.found : exitCode.nothing;
}

/** Where the command line says so. */
async function bring(
  profile: LmsCfgProfile,
  { server, tokenFile }: AnalyseOptions,
  { terminal }: CommandContext,
): Promise<void> {
  if (server === undefined) return;
  const service = new ServiceClient(server, await tokenOf(tokenFile), '--server');
  const body = zstdCompressSync(profileText(profile));
  const headers = { 'content-type': 'application/json', 'content-encoding': 'zstd' };
  const { status } = await service.send('POST', '/v1/profiles', { body, headers });
  terminal.note(`disprotrack: ${status === 201 ? 'kept' : 'known already'} at ${server}\n`);
}

async function run(
  files: readonly string[],
  options: AnalyseOptions,
  context: CommandContext,
): Promise<Analysis> {
  const { bounds, ...rest } = await limits(options);
  const { frontEnds } = context;
  return watched(
    context,
    (onPhase) => analyseFile(files, { ...rest, ...bounds, onPhase, frontEnds }),
    (analysis) => analysis,
  );
}

async function limits({ bt, functions, timeout, maxMemory }: AnalyseOptions) {
  return {
    bt,
    functions: functions === undefined ? undefined : await ownTable(functions),
    bounds: { time_ms_max: timeout * 1e3, memory_mb_max: maxMemory },
  };
}

/** Loaded only then: schemas take more memory than a small program's analysis. */
async function ownTable(path: string): Promise<LogFunctionTable> {
  return (await import('../../analyser/function-table.ts')).readFunctionTable(path);
}

/** Shows what goes on, and then what stood against it. */
async function watched<T>(
  { terminal }: CommandContext,
  work: (onPhase: (phase: string) => void) => Promise<T>,
  analysisOf: (done: T) => Analysis | undefined,
): Promise<T> {
  const phases = new PhaseLine(terminal);
  const printer = new DiagnosticPrinter(terminal);
  try {
    const done = await work((phase) => phases.show(phase));
    for (const diagnostic of analysisOf(done)?.diagnostics ?? [])
      printer.show(diagnostic, () => phases.clear());
    return done;
  } finally {
    phases.clear();
    printer.end();
  }
}

async function explain(
  wanted: string,
  { profile }: Analysis,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const cfg = toLmsCfg(profile);
  const { nodes, catchAlls } = findNodes(profile, wanted, cfg);
  if (nodes.length === 0) {
    const texts = catchAlls.slice(0, catchAlls_max).map((text) => `"${safeLabel(text, text_length_max)}"`);
    const fitting =
      texts.length === 0 ? '' : `; only what prints almost any line fits it (${texts.join(', ')})`;
    terminal.note(
      `disprotrack: no log message string has that address or text, or prints that line${fitting}\n`,
    );
    return exitCode.nothing;
  }
  await terminal.print(explanationText(nodes, profile, cfg, paint(terminal.colour)));
  return exitCode.found;
}

function twoFiles(value: string, previous: readonly string[] | undefined): readonly string[] {
  const files = [...(previous ?? []), value];
  if (files.length > 2) throw new InvalidArgumentError('It takes two profiles.');
  return files;
}
