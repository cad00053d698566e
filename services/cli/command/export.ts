/** `disprotrack export`: the whole graph in a form that other tools read. */
import { type Command, Option } from 'commander';
import { type ExportFormat, exportFormats, exportGraph } from '../../query/export/export-graph.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { helpEnd, storeOption } from '../option.ts';
import { withReader } from '../with-reader.ts';

const chunk_chars = 65_536;

interface ExportOptions {
  readonly store: string;
  readonly format: ExportFormat;
}

export function defineExport(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .addOption(
      new Option('--format <format>', 'form to print').choices([...exportFormats]).makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      "\nThe whole graph of a busy hour is more than Graphviz's dot lays out in good time; its sfdp does:\n" +
        '  $ sfdp -Goverlap=prism -Tsvg upg.dot > upg.svg',
    )
    .action(async (options: ExportOptions) => context.done(await exportAll(options, context)));
  helpEnd(command, ['export --store ./store --format dot > upg.dot'], exitCodeHelp);
}

async function exportAll({ store, format }: ExportOptions, { terminal }: CommandContext) {
  return await withReader(store, async (reader) => {
    const { vertices } = await reader.counts();
    let chunk = '';
    for await (const piece of exportGraph(reader, format)) {
      chunk += piece;
      if (chunk.length < chunk_chars) continue;
      await terminal.print(chunk);
      chunk = '';
    }
    await terminal.print(chunk);
    return vertices > 0 ? exitCode.found : exitCode.nothing;
  });
}
