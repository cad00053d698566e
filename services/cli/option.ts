/** Values of options, read and refused in one place, and the options that several commands share. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { depth, emptySymptom, symptom_length_max, top } from '../contract/question.ts';
import { parseTime } from '../contract/time-text.ts';
import { parseDuration } from '../core/duration.ts';
import { UsageError } from './failure.ts';

/** What a place of a store may be. */
export const storePlace = 'a folder, or neo4j[+s]://HOST[:PORT][/DATABASE]';

export function storeOption(): Option {
  return new Option('--store <place>', `the store: ${storePlace}`).makeOptionMandatory();
}

export function depthOption(): Option {
  const { min, max } = depth;
  return new Option('--depth <levels>', `levels to go, ${min} to ${max}`).argParser(wholeNumber(min, max));
}

export function topOption(): Option {
  const { min, max } = top;
  return new Option('--top <n>', `root causes to give, ${min} to ${max} (default: ${top.default})`).argParser(
    wholeNumber(min, max),
  );
}

export function symptomArgument(): Argument {
  return new Argument('<symptom>', 'what happened: a log line, a request, a file, an address, …').argParser(
    (text: string) => {
      if (text.trim() === '') throw new UsageError(`the symptom ${emptySymptom}`);
      if (text.length <= symptom_length_max) return text;
      throw new UsageError(`the symptom must have no more than ${symptom_length_max} characters`);
    },
  );
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= min && n <= max))
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return n;
  };
}

/** ms. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new InvalidArgumentError('It must be a length of time such as 30d, 12h, 90m or 45s.');
  return ms;
}

/** Checked, and handed on as it was written. */
export function timeText(text: string): string {
  if (parseTime(text) === undefined) {
    throw new InvalidArgumentError(
      'It must be an RFC 3339 time such as 2026-11-24T20:28:41.5Z or …T22:28:41+02:00.',
    );
  }
  return text;
}

/** For an option that may be given several times, with several values each. */
export function collected(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** Adds what every command's help ends with. */
export function helpEnd(command: Command, examples: readonly string[], exitCodes: string): Command {
  const heading = examples.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText(
    'after',
    `\n${heading}\n${examples.map((e) => `  $ disprotrack ${e}`).join('\n')}\n${exitCodes}`,
  );
}
