/** `disprotrack units`: the execution units of processes, each with its common log. */
import { type Command, Option } from 'commander';
import type { UnitAnswer } from '../../contract/units.ts';
import type { GraphReader, Vertex } from '../../core/graph-store.ts';
import { unitLogs, unitsOf } from '../../core/trace/common-log.ts';
import { unitAnswer } from '../../query/unit-answer.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd, storeOption } from '../option.ts';
import { paint } from '../render/paint.ts';
import { grouped } from '../render/quantity.ts';
import { safeLabel } from '../render/safe-text.ts';
import { StatementTally } from '../render/statement-tally.ts';
import { unitText } from '../render/unit-text.ts';
import { withReader } from '../with-reader.ts';

interface UnitsOptions {
  readonly store: string;
  readonly process?: string;
  readonly exe?: string;
  readonly json?: true;
}

const processes_max = 50_000;
const edgesOfProcess_max = 1_000_000;
/** Units whose logs are read at once. */
const together_units = 64;

export function defineUnits(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .addOption(
      new Option('--process <id>', 'only of this process: its vertex id or its pid').conflicts('exe'),
    )
    .option('--exe <path>', 'only of processes that execute this file: a path, or a name alone')
    .option('--json', 'print them as a JSON array')
    .addHelpText(
      'after',
      '\nA unit is one request, connection, job or turn of an event-handling loop, as far as calls and log lines tell.\n' +
        'Calls that repeat on one object may be one entry, with how many they are and when the last was.\n' +
        'What reasons and confidences mean is in docs/UNITS.md.',
    )
    .action(async (options: UnitsOptions) => context.done(await units(options, context)));
  helpEnd(
    command,
    ['units --store ./store --exe /usr/sbin/nginx', 'units --store ./store --process 4711 --json'],
    exitCodeHelp,
  );
}

async function units(options: UnitsOptions, context: CommandContext) {
  const { terminal } = context;
  return await withReader(options.store, async (reader) => {
    const { processes, more } = await processesOf(reader, options);
    if (more)
      terminal.note(`disprotrack: only the newest ${grouped(processes_max)} processes are looked at\n`);
    const said = new StatementTally();
    const writer = options.json ? jsonWriter(context) : textWriter(context);
    for (const process of processes) {
      const found = await unitsOf(reader, process.id, edgesOfProcess_max);
      if (found.more) {
        const name = safeLabel(process.label, 60);
        terminal.note(
          `disprotrack: of ${name} only the first ${grouped(found.units.length)} units are given\n`,
        );
      }
      for (let from = 0; from < found.units.length; from += together_units) {
        const logs = await unitLogs(reader, found.units.slice(from, from + together_units));
        for (const log of logs) {
          const answer = unitAnswer(log);
          said.add(answer.entries);
          await writer.unit(process, answer);
        }
      }
    }
    const count = await writer.end();
    if (said.stamped > 0) terminal.note(`disprotrack: ${said.text()}\n`);
    return count > 0 ? exitCode.found : nothing(options, processes.length, context);
  });
}

/** The oldest first. */
async function processesOf(
  reader: GraphReader,
  { process, exe }: UnitsOptions,
): Promise<{ processes: Vertex[]; more: boolean }> {
  const terms = termsOf(process, exe);
  const ids = new Set(process === undefined ? [] : [process]);
  let more = false;
  for (const term of terms) {
    const found = await reader.lookup(term, processes_max);
    more ||= found.length === processes_max;
    for (const id of found) ids.add(id);
  }
  const vertices = await reader.vertices([...ids]);
  const processes = vertices.filter(({ kind }) => kind === 'process');
  processes.sort((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1));
  return { processes, more };
}

function termsOf(process: string | undefined, exe: string | undefined): string[] {
  if (process !== undefined)
    return /^(pid:)?\d+$/.test(process) ? [`pid:${process.replace('pid:', '')}`] : [];
  if (exe === undefined) return ['exe:*'];
  return [exe.includes('/') ? `exe:${exe}` : `name:${exe}`];
}

function nothing({ process, exe }: UnitsOptions, processes: number, { terminal }: CommandContext) {
  const who = process ?? exe;
  const whose = who === undefined ? 'The store' : processes === 0 ? 'No process' : 'Nobody';
  const text =
    who === undefined
      ? `${whose} has no execution units`
      : processes === 0
        ? `${whose} is ${safeLabel(who, 100)}`
        : `${whose} that is ${safeLabel(who, 100)} has execution units`;
  terminal.note(`disprotrack: ${text[0]!.toLowerCase()}${text.slice(1)}\n`);
  return exitCode.nothing;
}

interface UnitWriter {
  unit(process: Vertex, answer: UnitAnswer): Promise<void>;
  /** How many there were. */
  end(): Promise<number>;
}

function jsonWriter({ terminal }: CommandContext): UnitWriter {
  let count = 0;
  return {
    async unit(_, answer) {
      await terminal.print(`${count++ === 0 ? '[' : ','}\n${JSON.stringify(answer)}`);
    },
    async end() {
      await terminal.print(count === 0 ? '[]\n' : '\n]\n');
      return count;
    },
  };
}

function textWriter({ terminal }: CommandContext): UnitWriter {
  let count = 0;
  let last = '';
  return {
    async unit(process, answer) {
      const isNew = process.id !== last;
      last = process.id;
      count++;
      await terminal.print(unitText(answer, isNew ? process : undefined, paint(terminal.colour)));
    },
    end: async () => count,
  };
}
