/**
 * Fuzzes the reader of records: mutations of the saved corpus. Whatever the input is, it must not throw, must account
 * for every byte and record, give the same for any cut into chunks, and give no more than came in.
 * An input that once broke it belongs in test/fuzz/corpus/records. Run alone: node test/fuzz/records.ts --seconds 60
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileHeaderBytes } from '../../services/core/record/record-layout.ts';
import type { Random } from '../bench/random.ts';
import { type ReadRecords, readRecords } from '../fixture/read-records.ts';
import { runAlone } from './command-line.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import type { FuzzOptions, FuzzReport, FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutation.ts';

export const recordsTarget: FuzzTarget = { name: 'records', extension: 'dpt', run: fuzzRecords };

/** Throws where the input breaks an invariant. */
export function checkRecordsInput(input: Uint8Array, random: Random): void {
  const whole = readRecords(input);
  checkAccounts(whole, input);
  checkItems(whole, input);
  const cuts = Array.from({ length: 1 + random.below(30) }, () => random.below(input.length + 1));
  const pieces = readRecords(
    input,
    cuts.sort((a, b) => a - b),
  );
  if (text(pieces) !== text(whole)) throw new Error(`cut at ${cuts.join(', ')} it gives something else`);
}

function fuzzRecords(options: FuzzOptions): FuzzReport {
  const corpus = readCorpus();
  const next = (random: Random): Uint8Array =>
    mutate(random.pick(corpus), random.pick(corpus), random, dictionary, length_max);
  return fuzzLoop({ ...options, corpus, next, check: checkRecordsInput, elapsedMsMax });
}

function checkAccounts({ items, diagnostics, counts }: ReadRecords, input: Uint8Array): void {
  const must = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(counts)}`);
  };
  const { frames, byKind } = counts;
  const told =
    frames.recordBytes + frames.headers * fileHeaderBytes + frames.skippedBytes + frames.refusedBytes;
  must(frames.bytes === input.length && told === input.length, 'bytes do not add up');
  const kinds = Object.values(byKind).reduce((sum, count) => sum + count, 0);
  must(kinds === frames.records, 'kinds do not add up');
  must(counts.events === items.filter(({ kind }) => kind === 'system').length, 'events do not add up');
  must(counts.samples === items.filter(({ kind }) => kind === 'container').length, 'samples do not add up');
  const says = (code: string): boolean => diagnostics.some((d) => d.code === code);
  must(frames.skippedBytes === 0 || says('record-skipped'), 'bytes were skipped in silence');
  must(frames.refused === 0 || says('record-version'), 'a record was refused in silence');
  must(counts.unknownKinds === 0 || says('record-kind'), 'a kind is unknown in silence');
}

function checkItems({ items }: ReadRecords, input: Uint8Array): void {
  for (const item of items) {
    if (item.kind === 'gap' && item.from > item.until) throw new Error('a gap that ends before it begins');
    if (item.kind !== 'system') continue;
    const numbers = [item.serial, item.exit, item.pid, item.ppid, ...item.args];
    if (numbers.some(Number.isNaN)) throw new Error('not a number in an event');
    for (const { path } of item.paths) {
      if (path !== undefined && !path.startsWith('/'))
        throw new Error(`a path that is not absolute: ${path}`);
    }
    const size = item.exe.length + item.argv.join('').length;
    // A byte that is no text becomes four characters.
    if (size > 4 * input.length) throw new Error(`an event of ${size} characters from ${input.length} bytes`);
  }
}

function text(read: ReadRecords): string {
  return JSON.stringify(read, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

function readCorpus(): Uint8Array[] {
  const folder = new URL('corpus/records/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.dpt'))
    .sort()
    .map((name) => new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder)))));
}

const length_max = 40_000;
/** Far above what 40 kB take on a loaded machine: only what grows faster than its input gets there. */
const elapsedMsMax = 3_000;

const dictionary = [
  ...['DPT1', 'DPTF', 'DPT1\x02\0\x01\0', 'DPT1\x01\0\x01\0\x68\x01\0\0', 'DPT1\x01\0\x10\0\x68\x01\0\0'],
  ...[
    '\0\0\0\0\0\0\0\0',
    '\xff\xff\xff\xff\xff\xff\xff\xff',
    '\n',
    '{"note":"capture-began"}',
    '\x68\x01\0\0',
  ],
].map((word) => Uint8Array.from(word, (character) => character.charCodeAt(0)));

if (import.meta.main) runAlone(recordsTarget);
