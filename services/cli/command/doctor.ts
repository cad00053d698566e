/** `disprotrack doctor`: whether this machine has what it takes, and the command that mends what it has not. */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCode, exitCodeHelp } from '../exit-code.ts';
import { auditCheck } from '../health/audit-check.ts';
import { captureChecks } from '../health/capture-check.ts';
import type { Finding } from '../health/finding.ts';
import { addonCheck, storeCheck } from '../health/store-check.ts';
import { nodeCheck, toolChecks } from '../health/tool-check.ts';
import { helpEnd, storePlace } from '../option.ts';
import { type Paint, paint } from '../render/paint.ts';
import { safeText } from '../render/safe-text.ts';

interface DoctorOptions {
  readonly store?: string;
}

export function defineDoctor(command: Command, context: CommandContext): void {
  command
    .option('--store <place>', `also look at this store: ${storePlace}`)
    .action(async (options: DoctorOptions) => context.done(await doctor(options, context)));
  helpEnd(command, ['doctor --store ./store'], exitCodeHelp);
}

async function doctor({ store }: DoctorOptions, { terminal }: CommandContext): Promise<ExitCode> {
  const findings: Finding[] = [nodeCheck(), await addonCheck()];
  if (store !== undefined) findings.push(await storeCheck(store));
  findings.push(...captureChecks(), auditCheck(), ...toolChecks());
  const colours = paint(terminal.colour);
  for (const finding of findings) await terminal.print(findingText(finding, colours));
  const broken = findings.filter((f) => f.state === 'broken').length;
  const records = findings.some(({ state, name }) => state === 'fine' && name.startsWith('source '));
  const fit = records
    ? 'All that is needed is there.'
    : 'What reads and answers is there, but no source can record here as things stand.';
  await terminal.print(broken === 0 ? `\n${fit}\n` : `\n${broken} to mend.\n`);
  return broken === 0 ? exitCode.found : exitCode.input;
}

function findingText({ state, name, text, fix }: Finding, colours: Paint): string {
  const mark = { fine: colours.good('✓'), optional: colours.faint('–'), broken: colours.bad('✗') }[state];
  const mend = fix === undefined ? '' : `\n    ${colours.strong('→')} ${safeText(fix)}`;
  return `${mark} ${colours.strong(name.padEnd(20))} ${safeText(text)}${mend}\n`;
}
