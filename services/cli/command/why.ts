/** `disprotrack why`: the ranked root causes of a symptom. */
import type { Command } from 'commander';
import type { WhyRequest } from '../../contract/why.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import { answerWhy } from '../../query/why.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { depthOption, helpEnd, storePlace, symptomArgument, timeText, topOption } from '../option.ts';
import { paint } from '../render/paint.ts';
import { safeText } from '../render/safe-text.ts';
import { whyText } from '../render/why-text.ts';
import { withReader } from '../with-reader.ts';
import { withRecording } from '../with-recording.ts';

interface WhyOptions extends Omit<WhyRequest, 'symptom'> {
  readonly store?: string;
  readonly recording?: string;
  readonly json?: true;
}

export function defineWhy(command: Command, context: CommandContext): void {
  command
    .addArgument(symptomArgument())
    .option('--store <place>', `the store: ${storePlace}`)
    .option('--recording <file>', 'ask a recording itself, without a store')
    .option('--before <time>', 'only what happened up to then (RFC 3339)', timeText)
    .addOption(topOption())
    .addOption(depthOption())
    .option('--json', 'print the answer as JSON, as the HTTP API gives it')
    .action(async (symptom: string, options: WhyOptions) =>
      context.done(await why(symptom, options, context)),
    );
  helpEnd(
    command,
    [
      'why --store ./store 203.0.113.66:4444',
      'why --recording node1.dpt /tmp/exfiltrated',
      `why --store ./store --before 2026-11-24T22:02:00Z '198.51.100.25 - - [24/Nov/2026:22:01:49 +0000] "GET /link.php HTTP/1.1" 200 466 "-" "Mozilla/5.0 (X11; Linux x86_64)" 18'`,
    ],
    exitCodeHelp,
  );
}

async function why(symptom: string, options: WhyOptions, { terminal }: CommandContext) {
  const { store, recording, json, ...bounds } = options;
  const ask = (reader: GraphReader) => answerWhy(reader, { symptom, ...bounds });
  if (store !== undefined && recording !== undefined) {
    throw new UsageError('give a store with --store, or a recording with --recording, not both');
  }
  if (store === undefined && recording === undefined) {
    throw new UsageError('give the store with --store, or a recording with --recording');
  }
  const answer =
    store !== undefined ? await withReader(store, ask) : await withRecording(recording!, terminal, ask);
  if (json) await terminal.print(`${JSON.stringify(answer, null, 2)}\n`);
  else if (answer.symptom.matched.length > 0) await terminal.print(whyText(answer, paint(terminal.colour)));
  else {
    const { how } = answer.symptom;
    const hint = how.startsWith('nothing matched') ? '; a shorter form may do (an address, a file name)' : '';
    terminal.note(`disprotrack: ${safeText(how)}${hint}\n`);
  }
  return answer.rootCauses.length > 0 ? exitCode.found : exitCode.nothing;
}
