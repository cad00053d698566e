/** `disprotrack export`: the whole graph in a form that other tools read. */
import { type Command, Option } from 'commander';
import type { WhyAnswer } from '../../contract/why.ts';
import { type ExportFormat, exportFormats, exportGraph } from '../../query/export/export-graph.ts';
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
      if (symptom === undefined) {
        await printAll(exportGraph(wholeStore(reader), format), terminal);
        return (await reader.counts()).vertices > 0;
      }
      const graph = await answerSource(reader, symptom);
      if (!isMatched(graph.symptom, terminal)) return false;
      await printAll(exportGraph(graph, format), terminal);
      return true;
    },
    async (service) => {
      if (symptom !== undefined) {
        const answer = await service.question<WhyAnswer>('/v1/root-causes', { symptom });
        if (!isMatched(answer.symptom, terminal)) return false;
      }
      const query = new URLSearchParams({ format, ...(symptom === undefined ? {} : { symptom }) });
      const { body } = await service.send('GET', `/v1/export?${query}`);
      await printAll(body!.pipeThrough(new TextDecoderStream()), terminal);
      const { vertices } = (await service.ask('GET', '/healthz')) as { vertices: number };
      return vertices > 0;
    },
  );
  return isFound ? exitCode.found : exitCode.nothing;
}

function isMatched(symptom: { matched: readonly unknown[]; how: string }, terminal: Terminal): boolean {
  if (symptom.matched.length > 0) return true;
  terminal.note(`disprotrack: ${safeText(symptom.how)}\n`);
  return false;
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
