/** `disprotrack trace`: all that led to a symptom, or all that it touched. */
import { type Command, Option } from 'commander';
import { symptomHelp } from '../../contract/question.ts';
import type { TraceAnswer, TraceRequest } from '../../contract/why.ts';
import { answerTrace } from '../../query/why.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { depthOption, helpEnd, symptomArgument, timeText } from '../option.ts';
import { addSourceOptions, askSource, type QuestionSource } from '../question-source.ts';
import { paint } from '../render/paint.ts';
import { safeText } from '../render/safe-text.ts';
import { traceText } from '../render/trace-text.ts';

interface TraceOptions extends QuestionSource, Omit<TraceRequest, 'symptom' | 'direction'> {
  readonly backward?: true;
  readonly forward?: true;
  readonly json?: true;
}

export function defineTrace(command: Command, context: CommandContext): void {
  addSourceOptions(command.addArgument(symptomArgument()))
    .addOption(new Option('--backward', 'from the effect to its causes').conflicts(['forward', 'after']))
    .addOption(new Option('--forward', 'from the cause to its effects').conflicts('before'))
    .option('--before <time>', 'backward: only what happened up to then (RFC 3339)', timeText)
    .option('--after <time>', 'forward: only what happened from then on (RFC 3339)', timeText)
    .addOption(depthOption())
    .option('--json', 'print the answer as JSON, as the HTTP API gives it')
    .addHelpText('after', `\n${symptomHelp}`)
    .action(async (symptom: string, options: TraceOptions) =>
      context.done(await trace(symptom, options, context)),
    );
  helpEnd(command, ['trace --store ./store --forward --depth 6 /etc/os-release'], exitCodeHelp);
}

async function trace(symptom: string, options: TraceOptions, { terminal }: CommandContext) {
  const { store, recording, server, tokenFile, json, backward, forward, ...bounds } = options;
  if (!backward && !forward) throw new UsageError('which way? give --backward or --forward');
  const direction = backward ? 'backward' : 'forward';
  const request: TraceRequest = { symptom, direction, ...bounds };
  const answer = await askSource(
    { store, recording, server, tokenFile },
    terminal,
    (reader) => answerTrace(reader, request),
    (service) => service.question<TraceAnswer>('/v1/traces', request),
  );
  if (json) await terminal.print(`${JSON.stringify(answer, null, 2)}\n`);
  else if (answer.symptom.matched.length > 0) {
    await terminal.print(traceText(answer, direction, paint(terminal.colour)));
  } else terminal.note(`disprotrack: ${safeText(answer.symptom.how)}\n`);
  return answer.graph.edges.length > 0 ? exitCode.found : exitCode.nothing;
}
