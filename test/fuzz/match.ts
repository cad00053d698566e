/**
 * Fuzzes the matcher: an input's first line is a regex of a profile, the rest are messages, which real and hostile
 * patterns stand beside. Whatever they are, it must not throw, take more than a millisecond for a message, give a
 * place that is not in the message, or keep from a whole message what the language's own expressions find.
 * An input that once broke it belongs in test/fuzz/corpus/match. Run alone: node test/fuzz/match.ts --seconds 60
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatRegex } from '../../services/core/lms/format-regex.ts';
import { createLmsCfg, type LmsNode } from '../../services/core/lms/lms-cfg.ts';
import { createMatcher, type Matcher, message_length_max } from '../../services/core/lms/matcher.ts';
import type { Random } from '../bench/random.ts';
import { runAlone } from './command-line.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import type { FuzzOptions, FuzzReport, FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutation.ts';

export const matchTarget: FuzzTarget = { name: 'match', extension: 'txt', run: fuzzMatch };

const lengthMax = 2 * message_length_max;
const elapsedMsMax = 10_000;
/** Of this thread; the best of several, since a machine may do something else in between. */
const message_ms_max = 1;
const tries_max = 100;
/** Expressions of the language itself backtrack: what is longer is not compared. */
const compared_length_max = 16;

const formats = [
  ...[
    '%s',
    '%s: %s',
    '%s %s',
    'a%sa%sa%sa%sa%s!',
    '%s %d %s %d!',
    "%'d,%'d,%'d!",
    '%5d %5d %5d !',
    '%f,%f,%f,%f!',
  ],
  ...[
    'connect() to %s failed (%d: %s)',
    ' port %d',
    '%d bytes read',
    '%s: not found',
    'user %s from %s port %d',
  ],
];
const hostile = [
  '^(a+)+$',
  '^(?:a|a|aa)*b$',
  '(.*)(.*)(.*)x',
  '^(?:.*,)*$',
  '^(\\w+\\s?)*!$',
  '^(a?){30}a{30}$',
  '^.*a.{9}$',
];

function fuzzMatch(options: FuzzOptions): FuzzReport {
  const corpus = readCorpus();
  const next = (random: Random): Uint8Array => {
    const input = mutate(random.pick(corpus), random.pick(corpus), random, dictionary, lengthMax);
    return random.oneIn(8) ? repeated(input, random) : input;
  };
  return fuzzLoop({ ...options, corpus, next, check: checkMatchInput, elapsedMsMax });
}

/** Throws where the input breaks an invariant. */
export function checkMatchInput(input: Uint8Array): void {
  const [given = '', ...messages] = new TextDecoder().decode(input).split('\n');
  const regexes = [given, ...hostile, ...formats.map((format) => formatRegex(format).source)];
  const nodes = regexes.map((regex, id): LmsNode => {
    return { id, text: regex, regex, function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  });
  const matcher = createMatcher(createLmsCfg({ program: 'p', buildId: undefined, nodes }, []));
  const rejected = new Set(matcher.rejected.map(({ node }) => node));
  if (rejected.size > 1) throw new Error(`${[...rejected].map(({ regex }) => regex).join(' ')} is refused`);
  for (const message of messages) {
    for (const { from, to, variables } of matcher.match(message)) {
      if (from < 0 || to < from || to > message.length)
        throw new Error(`from ${from} to ${to} of ${message.length}`);
      if (variables.some((variable) => !message.includes(variable)))
        throw new Error('a variable from nowhere');
    }
    checkTime(matcher, message);
    if (message.length > compared_length_max || message.isWellFormed() === false) continue;
    const found = new Set(
      matcher.match(message).flatMap(({ node, from, to }) => (to - from === message.length ? [node] : [])),
    );
    // Of those by hand only the given one: some of the others are there because the language's own never end.
    for (const node of nodes.filter(({ id }) => id > hostile.length)) {
      if (new RegExp(node.regex, 'su').test(message) !== found.has(node))
        throw new Error(`${node.regex} differs`);
    }
  }
}

function checkTime(matcher: Matcher, message: string): void {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < tries_max && least > message_ms_max; tries++) {
    const began = process.threadCpuUsage();
    matcher.match(message);
    const { user, system } = process.threadCpuUsage(began);
    least = Math.min(least, (user + system) / 1000);
  }
  if (least > message_ms_max) throw new Error(`${least} ms for ${message.length} characters`);
}

/** A short piece many times: what backtracks does it there. */
function repeated(input: Uint8Array, random: Random): Uint8Array {
  const line = input.subarray(0, input.indexOf(10) + 1);
  const from = random.below(input.length);
  const piece = input.subarray(from, from + 1 + random.below(8));
  const result = new Uint8Array(
    Math.min(lengthMax, line.length + piece.length * random.below(message_length_max)),
  );
  result.set(line.subarray(0, result.length));
  for (let at = line.length; at + piece.length <= result.length; at += piece.length) result.set(piece, at);
  return result;
}

function readCorpus(): Uint8Array[] {
  const folder = new URL('corpus/match/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((name) => new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder)))));
}

const dictionary = [
  '(',
  ')',
  '.*',
  '.*?',
  '[^a]',
  '\\d+',
  '{2,5}',
  '|',
  '?',
  '+',
  '*',
  '^',
  '$',
  '\\b',
  '\\s',
  'a',
  'aa',
  '1',
  ', ',
  ': ',
  ' port ',
  '\0',
  '\x1b[31m',
  '\r',
  '\xff',
  'é',
  '\u{1f600}',
  ' '.repeat(64),
].map((word) => new TextEncoder().encode(word));

if (import.meta.main) runAlone(matchTarget);
