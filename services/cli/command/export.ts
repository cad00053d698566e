/** `disprotrack export`: the whole graph in a form that other tools read. */
import { type Command, Option } from 'commander';
import {
  type ExportFormat,
  exportedVertices,
  exportFormats,
  exportGraph,
} from '../../query/export/export-graph.ts';
import { answerSource, wholeStore } from '../../query/export/graph-source.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd } from '../option.ts';
import { addSourceOptions, askSource, type QuestionSource } from '../question-source.ts';
import { safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

const chunk_chars = 65_536;

interface ExportOptions extends QuestionSource {
  readonly format: ExportFormat;
  readonly symptom?: string;
}

export function defineExport(command: Command, context: CommandContext): void {
  addSourceOptions(command)
    .addOption(
      new Option('--format <format>', 'form to print').choices([...exportFormats]).makeOptionMandatory(),
    )
    .option('--symptom <text>', 'only what an answer about its root causes shows')
    .addHelpText(
      'after',
      "\nThe whole graph of a busy hour is more than Graphviz's dot lays out in good time; its sfdp does:\n" +
        '  $ sfdp -Goverlap=prism -Tsvg upg.dot > upg.svg',
    )
    .action(async (options: ExportOptions) => context.done(await exportAll(options, context)));
  helpEnd(
    command,
    [
      'export --store ./store --format dot > upg.dot',
      'export --store ./store --format otel --symptom 203.0.113.66:4444 > spans.json',
    ],
    exitCodeHelp,
  );
}

async function exportAll({ format, symptom, ...source }: ExportOptions, { terminal }: CommandContext) {
  const isFound = await askSource(
    source,
    terminal,
    async (reader) => {
      const graph = symptom === undefined ? wholeStore(reader) : await answerSource(reader, symptom);
      await printAll(exportGraph(graph, format), terminal);
      return (await graph.count()) > 0;
    },
    async (service) => {
      const query = new URLSearchParams({ format, ...(symptom === undefined ? {} : { symptom }) });
      const { body, headers } = await service.send('GET', `/v1/export?${query}`);
      await printAll(body!.pipeThrough(new TextDecoderStream()), terminal);
      return Number(headers.get(exportedVertices)) > 0;
    },
  );
  if (!isFound) terminal.note(`disprotrack: ${nothingOf(symptom)}\n`);
  return isFound ? exitCode.found : exitCode.nothing;
}

function nothingOf(symptom: string | undefined): string {
  if (symptom === undefined) return 'the store has no graph yet';
  return safeText(`nothing is known that ${symptom} could mean; \`why\` says what was tried`);
}

async function printAll(pieces: AsyncIterable<string>, terminal: Terminal): Promise<void> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunk_chars) continue;
    await terminal.print(chunk);
    chunk = '';
  }
  await terminal.print(chunk);
}
