/** `disprotrack why`: the ranked root causes of a symptom. */
import { type Command, Option } from 'commander';
import { answerVertices, symptomHelp } from '../../contract/question.ts';
import type { WhyAnswer, WhyRequest } from '../../contract/why.ts';
import { dotFormat } from '../../query/export/dot-format.ts';
import { graphText } from '../../query/export/graph-text.ts';
import { answerWhy } from '../../query/why.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode, exitCodeHelp } from '../exit-code.ts';
import { openPage } from '../open-page.ts';
import { depthOption, helpEnd, symptomArgument, timeText, topOption, wholeNumber } from '../option.ts';
import { addSourceOptions, askSource, type QuestionSource } from '../question-source.ts';
import { paint } from '../render/paint.ts';
import { safeText } from '../render/safe-text.ts';
import { whyText } from '../render/why-text.ts';

interface WhyOptions extends QuestionSource, Omit<WhyRequest, 'symptom'> {
  readonly json?: true;
  readonly dot?: true;
  readonly open?: true;
}

export function defineWhy(command: Command, context: CommandContext): void {
  addSourceOptions(command.addArgument(symptomArgument()))
    .option('--before <time>', 'only what happened up to then (RFC 3339)', timeText)
    .addOption(topOption())
    .addOption(depthOption())
    .addOption(
      new Option('--vertices <n>', `vertices to show (default: ${answerVertices.default})`).argParser(
        wholeNumber(answerVertices.min, answerVertices.max),
      ),
    )
    .addOption(new Option('--json', 'print the answer as JSON, as the HTTP API gives it').conflicts('dot'))
    .option('--dot', 'print the graph of the answer for Graphviz')
    .addOption(
      new Option('--open', 'write the answer as a page, print its path, and show it').conflicts([
        'json',
        'dot',
      ]),
    )
    .addHelpText('after', `\n${symptomHelp}`)
    .action(async (symptom: string, options: WhyOptions) =>
      context.done(await why(symptom, options, context)),
    );
  helpEnd(
    command,
    [
      'why --store ./store 203.0.113.66:4444',
      'why --recording node1.dpt /tmp/exfiltrated',
      'why --store ./store --dot 203.0.113.66:4444 | dot -Tsvg > why.svg',
      'why --recording node1.dpt --open /tmp/exfiltrated',
      "why --server http://127.0.0.1:7070 'GET /link.php 500 around 05:23'",
      `why --store ./store --before 2026-11-24T22:02:00Z '198.51.100.25 - - [24/Nov/2026:22:01:49 +0000] "GET /link.php HTTP/1.1" 200 466 "-" "Mozilla/5.0 (X11; Linux x86_64)" 18'`,
    ],
    exitCodeHelp,
  );
}

async function why(symptom: string, options: WhyOptions, { terminal }: CommandContext) {
  const { store, recording, server, tokenFile, json, dot, open, ...bounds } = options;
  const request = { symptom, ...bounds };
  const answer = await askSource(
    { store, recording, server, tokenFile },
    terminal,
    (reader) => answerWhy(reader, request),
    (service) => service.question<WhyAnswer>('/v1/root-causes', request),
  );
  if (json) await terminal.print(`${JSON.stringify(answer, null, 2)}\n`);
  else if (dot) await terminal.print(graphText(answer.graph, dotFormat));
  else if (answer.symptom.matched.length > 0 && open) {
    const { answerPage } = await import('../render/answer-page.ts');
    await openPage('why', answerPage(answer), terminal);
  } else if (answer.symptom.matched.length > 0) await terminal.print(whyText(answer, paint(terminal.colour)));
  else {
    const { how } = answer.symptom;
    const hint = how.startsWith('nothing matched') ? '; a shorter form may do (an address, a file name)' : '';
    terminal.note(`disprotrack: ${safeText(how)}${hint}\n`);
  }
  return answer.rootCauses.length > 0 ? exitCode.found : exitCode.nothing;
}
