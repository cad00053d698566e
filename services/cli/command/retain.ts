/** `disprotrack retain`: removes what is older than a window from a store that nobody writes to. */
import type { Command } from 'commander';
import { openStore } from '../../store/open-store.ts';
import { windowBegin } from '../../worker/retention.ts';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { duration, helpEnd, storeOption } from '../option.ts';
import { grouped, sizeText } from '../render/quantity.ts';

interface RetainOptions {
  readonly store: string;
  /** ms. */
  readonly keep: number;
}

export function defineRetain(command: Command, context: CommandContext): void {
  command
    .addOption(storeOption())
    .requiredOption('--keep <time>', 'how long things stay, back from now: 30d, 12h, 90m', duration)
    .addHelpText(
      'after',
      '\nWhat is open or running stays, and so do the older vertices that say how those of the window came about.',
    )
    .action(async (options: RetainOptions) => context.done(await retain(options, context)));
  helpEnd(command, ['retain --store ./store --keep 30d'], exitCodeHelp);
}

async function retain(
  { store: place, keep }: RetainOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  // What is not there must not be made for nothing.
  await (await openStore(place, { mode: 'read' })).close();
  const store = await openStore(place, { mode: 'write' });
  try {
    const before = await store.counts();
    const { vertices, edges, uses, gaps } = await store.retain(windowBegin(keep));
    const after = await store.counts();
    await terminal.print(
      `removed  ${grouped(vertices)} vertices, ${grouped(edges)} edges, ${grouped(uses)} printed lines, ${grouped(gaps)} gaps\n` +
        `left     ${grouped(after.vertices)} vertices, ${grouped(after.edges)} edges, ${sizeText(after.bytesOnDisk)} (${sizeText(before.bytesOnDisk)} before)\n`,
    );
    return vertices + edges + uses + gaps > 0 ? exitCode.found : exitCode.nothing;
  } finally {
    await store.close();
  }
}
