/** `disprotrack lines`: lines of logs out of a store, as they were read, by log, by template, by the values in them. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GraphReader, LineQuery, LogStream } from '../../core/graph-store.ts';
import { bytesOfText } from '../../core/line/byte-text.ts';
import { type LineCondition, parseCondition } from '../../core/line/line-condition.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { templatesOfStatement } from '../../core/trace/statement.ts';
import { endOfTime } from '../../core/trace/traversal.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { helpEnd, storeOption, wholeNumber } from '../option.ts';
import { jsonLine, keptIn, logTable, plainLine } from '../render/line-text.ts';
import { safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { withReader } from '../with-reader.ts';

interface LinesOptions {
  readonly store: string;
  readonly logs?: true;
  readonly log?: string;
  readonly where?: readonly LineCondition[];
  readonly template?: string;
  readonly from?: number;
  readonly until?: number;
  readonly raw?: true;
  readonly json?: true;
}

/** Of one template; what is beyond is said. */
const uses_count_max = 1_000_000;
const chunk_chars = 65_536;
const wholeLine = wholeNumber(1, Number.MAX_SAFE_INTEGER);

const conditionHelp = `
Conditions are KIND OP VALUE; all that are given must be true of a line, each of any value in it:
  number   = < <= > >=   404, 12.5; = takes a range, too: 400..499
  time     = < <= > >=   2026-11-27, 2026-11-27T05:23:43Z, …+01:00; = takes a range, too: A..B
  address  =             10.0.0.7, 10.0.0.0/8, 2001:db8::7
  id       =             hexadecimal numbers of eight digits and more, UUIDs; ID* for what begins so
  path     =             /etc/passwd; /etc/* for what begins so
  text     =             what is quoted or assigned, and words with digits; TEXT* for what begins so
A time without a zone is taken as UTC, one without a year in that of the condition.`;

export function defineLines(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .addOption(new Option('--logs', 'list the logs that the store has lines of').conflicts(['raw', 'where']))
    .option(
      '--log <name>',
      "lines of this log: a file's name or the end of its path, or an id that --logs gives",
    )
    .option('--where <condition>', 'only lines with such a value; may be given several times', condition)
    .option(
      '--template <id>',
      'only lines of the statement of this template (template:…), as export names it',
    )
    .option('--from <n>', 'from the line of this number on', wholeLine)
    .option('--until <n>', 'up to the line of this number', wholeLine)
    .addOption(new Option('--raw', 'the very bytes that were read, and nothing else').conflicts('json'))
    .option('--json', 'one JSON object for each line: where it stands, its text, its values and their kinds')
    .addHelpText('after', conditionHelp)
    .action(async (options: LinesOptions) => context.done(await lines(options, context)));
  const examples = [
    'lines --store ./store --logs',
    'lines --store ./store --log access.log --raw | cmp - /var/log/nginx/access.log',
    "lines --store ./store --where 'address = 10.0.0.7' --where 'number = 400..499'",
  ];
  helpEnd(command, examples, exitCodeHelp);
}

function condition(text: string, before: readonly LineCondition[] | undefined): readonly LineCondition[] {
  const parsed = parseCondition(text);
  if (typeof parsed === 'string') throw new InvalidArgumentError(parsed);
  return [...(before ?? []), parsed];
}

async function lines(options: LinesOptions, { terminal }: CommandContext): Promise<ExitCode> {
  const { from = 0, until = Number.MAX_SAFE_INTEGER } = options;
  if (from > until) throw new UsageError(`no line is from ${from} on and up to ${until}`);
  return await withReader(options.store, async (reader) => {
    const logs = await reader.logStreams();
    const chosen = options.log === undefined ? logs : named(logs, options.log);
    if (options.logs) {
      await terminal.print(logTable(chosen) + keptIn(logs));
      return chosen.length > 0 ? exitCode.found : exitCode.nothing;
    }
    const { where = [], template } = options;
    const isWhole = where.length === 0 && template === undefined;
    if (options.raw && isWhole && chosen.length > 1) {
      throw new UsageError(
        `which of ${chosen.length} logs?`,
        'name one by --log; --logs lists them with their ids',
      );
    }
    const places = template === undefined ? undefined : await placesOf(reader, template, terminal);
    const output = new Output(terminal, options);
    for (const { stream } of chosen) {
      const wanted = places?.get(stream);
      if (places !== undefined && wanted === undefined) continue;
      await output.lines(reader, { stream, from, until, where }, wanted);
    }
    await output.flush();
    return output.count > 0 ? exitCode.found : exitCode.nothing;
  });
}

function named(logs: readonly LogStream[], name: string): LogStream[] {
  const found = logs.filter(
    (log) => log.stream === name || log.name === name || log.name.endsWith(`/${name}`),
  );
  if (found.length > 0 || logs.length === 0) return found;
  const some = [...new Set(logs.map((log) => log.name))].slice(0, 20).join(', ');
  throw new UsageError(`no log is named ${name}`, `there are ${some}`);
}

/** Numbers of lines by stream. */
async function placesOf(
  reader: GraphReader,
  template: string,
  terminal: Terminal,
): Promise<Map<string, Set<number>>> {
  const places = new Map<string, Set<number>>();
  for (const id of await templatesOfStatement(reader, template)) {
    const uses = await reader.usesOf(id, endOfTime, uses_count_max);
    if (uses.length === uses_count_max)
      terminal.note(
        `disprotrack: only the newest ${uses_count_max} lines of ${safeText(id)} are looked for\n`,
      );
    for (const { place } of uses) {
      if (place === undefined) continue;
      const numbers = places.get(place.stream) ?? new Set();
      for (let i = 0; i < place.count; i++) numbers.add(place.number + i);
      places.set(place.stream, numbers);
    }
  }
  return places;
}

class Output {
  readonly #terminal: Terminal;
  readonly #options: LinesOptions;
  #chunk = '';
  count = 0;

  constructor(terminal: Terminal, options: LinesOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  async lines(reader: GraphReader, query: LineQuery, wanted: ReadonlySet<number> | undefined): Promise<void> {
    for await (const line of reader.lines(query)) {
      if (wanted !== undefined && !wanted.has(line.number)) continue;
      this.count++;
      this.#chunk += this.#text(line);
      if (this.#chunk.length >= chunk_chars) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = '';
    if (chunk === '') return;
    await this.#terminal.print(this.#options.raw ? bytesOfText(chunk) : chunk);
  }

  #text(line: LogLine): string {
    if (this.#options.raw) return line.text;
    return this.#options.json ? jsonLine(line) : plainLine(line);
  }
}
