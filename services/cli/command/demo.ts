/** `disprotrack demo`: from a recorded data theft to its root cause, and then the query API over it. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { WhyAnswer } from '../../contract/why.ts';
import type { GraphStore } from '../../core/graph-store.ts';
import { answerWhy } from '../../query/why.ts';
import { openStore } from '../../store/open-store.ts';
import { importFiles } from '../../worker/import-files.ts';
import type { CommandContext } from '../command-context.ts';
import { DiagnosticPrinter } from '../diagnostic-printer.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { CommandError } from '../failure.ts';
import { helpEnd, wholeNumber } from '../option.ts';
import { ProgressLine } from '../progress.ts';
import { readGroundTruth, recordedInput } from '../recording.ts';
import { importText } from '../render/import-text.ts';
import { paint } from '../render/paint.ts';
import { durationText } from '../render/quantity.ts';
import { safeText } from '../render/safe-text.ts';
import { whyText } from '../render/why-text.ts';
import { serveReader } from '../serve-reader.ts';

interface DemoOptions {
  readonly exit?: true;
  readonly port: number;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const recording = join(repository, 'test', 'corpus', 'lamp', 'recordings', 'E3');
const stores = join(repository, '.cache', 'demo');

export function defineDemo(command: Command, context: CommandContext): void {
  command
    .option('--exit', 'stop after the answer')
    .option('--port <n>', 'loopback port of the query API, 0 for any', wholeNumber(0, 65_535), 0)
    .action(async (options: DemoOptions) => context.done(await demo(options, context)));
  helpEnd(command, ['demo --exit'], exitCodeHelp);
}

async function demo({ exit, port }: DemoOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const truth = readGroundTruth(recording);
  const dir = freshFolder();
  const fromHere = relative(process.cwd(), dir);
  const shown = fromHere.startsWith('..') ? dir : fromHere;
  await terminal.print(
    `A login application of three containers was recorded while ${truth.benignClients.length} clients used it and one did more:\n` +
      `  ${safeText(truth.title)}.\n\nImporting the recording into ${shown} …\n`,
  );
  const store = await openStore(dir, { mode: 'write' });
  try {
    await importRecording(store, context);
    await terminal.print(`\nWhy did the server talk to ${safeText(truth.symptom)}?\n\n`);
    const began = performance.now();
    const answer = await answerWhy(store, { symptom: truth.symptom });
    const asked_ms = performance.now() - began;
    await terminal.print(whyText(answer, paint(terminal.colour)));
    const expected = `${truth.rootCause.address}:${truth.rootCause.port}`;
    const found = agrees(answer, expected);
    const verdict = found
      ? 'The first root cause is that client.'
      : 'The first root cause is NOT that client.';
    await terminal.print(
      `Answered in ${durationText(asked_ms)}. The recording's own account blames ${expected}. ${verdict}\n\n` +
        `Ask it something else:\n  npx disprotrack trace --store ${shown} --forward /usr/lib/os-release\n`,
    );
    if (!exit) await serveReader(store, { host: '127.0.0.1', port, tokens: undefined }, context);
    return found ? exitCode.found : exitCode.nothing;
  } finally {
    await store.close();
  }
}

async function importRecording(store: GraphStore, { terminal }: CommandContext): Promise<void> {
  const began = performance.now();
  const progress = new ProgressLine(terminal);
  const printer = new DiagnosticPrinter(terminal);
  const summary = await importFiles({
    store,
    host: 'lamp',
    audit: [],
    logs: [],
    identity: [],
    recordings: [recordedInput(recording)],
    profiles: [],
    onProgress: (p) => progress.show(p),
    // The count of notes stands in the summary; one by one they would only lead away from the answer.
    onDiagnostic: (d) => {
      if (d.severity !== 'note') printer.show(d, () => progress.clear());
    },
  });
  progress.clear();
  printer.end();
  const total_ms = performance.now() - began;
  await terminal.print(importText(summary, await store.counts(), total_ms, paint(terminal.colour)));
}

function agrees(answer: WhyAnswer, client: string): boolean {
  const first = answer.rootCauses[0]?.vertex;
  return first?.kind === 'socket' && first.label.startsWith(`${client} `);
}

/** One for each process, so that demos side by side don't share one; those of ended processes are cleared away. */
function freshFolder(): string {
  try {
    mkdirSync(stores, { recursive: true });
  } catch (cause) {
    throw new CommandError('output', `${stores} can't be made (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
      hint: 'run the demo as whom the checkout belongs to',
    });
  }
  for (const name of readdirSync(stores)) {
    if (!isAlive(Number(name)) || Number(name) === process.pid) {
      rmSync(join(stores, name), { recursive: true, force: true });
    }
  }
  return join(stores, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return true;
  } catch {
    return false;
  }
}
