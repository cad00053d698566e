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
const elapsedMsMax = 60_000;
/** The best of several times: a machine does something else in between. */
const message_ms_max = 1;
const tries_max = 200;
const warming_times = 40;
/** Expressions of the language itself backtrack: what is longer is not compared. */
const compared_length_max = 10;

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
  // What is not compiled yet is slower by far, and would say nothing of the matcher.
  for (const input of corpus) for (let time = 0; time < warming_times; time++) matchAll(input);
  const next = (random: Random): Uint8Array => {
    const input = mutate(random.pick(corpus), random.pick(corpus), random, dictionary, lengthMax);
    return random.oneIn(8) ? repeated(input, random) : input;
  };
  return fuzzLoop({ ...options, corpus, next, check: checkMatchInput, elapsedMsMax });
}

/** Throws where the input breaks an invariant. */
export function checkMatchInput(input: Uint8Array): void {
  const { nodes, matcher, messages } = read(input);
  const given = nodes[0]!.regex;
  const rejected = new Set(matcher.rejected.map(({ node }) => node));
  if (rejected.size > 1) throw new Error(`${[...rejected].map(({ regex }) => regex).join(' ')} is refused`);
  // Of those by hand the given one at most: the others are there because the language's own never end.
  const isSimple = given.length < 200 && !/[{(]/.test(given) && rejected.size === 0;
  const compared = nodes
    .filter(({ id }) => (id === 0 ? isSimple : id > hostile.length))
    .map((node) => [node, new RegExp(node.regex, 'su')] as const);
  for (const message of messages) {
    for (const { from, to, variables } of matcher.match(message)) {
      if (from < 0 || to < from || to > message.length)
        throw new Error(`from ${from} to ${to} of ${message.length}`);
      if (variables.join('').length > message.length) throw new Error('more variables than message');
    }
    checkTime(matcher, message);
    if (message.length > compared_length_max || message.isWellFormed() === false) continue;
    const { tooDear } = matcher.cut;
    const found = new Set(
      matcher.match(message).flatMap(({ node, from, to }) => (to - from === message.length ? [node] : [])),
    );
    // Where the hostile ones used up the steps, that is said, and others are not there.
    if (matcher.cut.tooDear > tooDear) continue;
    for (const [node, regex] of compared) {
      if (regex.test(message) !== found.has(node)) throw new Error(`${node.regex} differs`);
    }
  }
}

function read(input: Uint8Array) {
  const [given = '', ...messages] = new TextDecoder().decode(input).split('\n');
  const regexes = [given, ...hostile, ...formats.map((format) => formatRegex(format).source)];
  const nodes = regexes.map((regex, id): LmsNode => {
    return { id, text: regex, regex, function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  });
  const matcher = createMatcher(createLmsCfg({ program: 'p', buildId: undefined, nodes }, []));
  return { nodes, matcher, messages };
}

function matchAll(input: Uint8Array): void {
  const { matcher, messages } = read(input);
  for (const message of messages) matcher.match(message);
}

function checkTime(matcher: Matcher, message: string): void {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < tries_max && least > message_ms_max; tries++) {
    const began = performance.now();
    matcher.match(message);
    least = Math.min(least, performance.now() - began);
  }
  if (least > message_ms_max) throw new Error(`${least} ms for ${message.length} characters`);
}

/** A short piece many times: what backtracks does it there. */
function repeated(input: Uint8Array, random: Random): Uint8Array {
  const line = input.subarray(0, input.indexOf(10) + 1);
  const from = random.below(input.length);
  const piece = input.subarray(from, from + 1 + random.below(8));
  if (piece.length === 0) return input;
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
