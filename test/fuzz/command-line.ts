/**
 * `--seconds N` and `--seed N` for the fuzzers, and how a run is told: the seed first, so that a run that crashes or is
 * killed can be repeated, and an input that broke something as a file to keep.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FuzzTarget } from './fuzz-target.ts';

/** Runs one target as the command line says, and ends the process with 1 where it was broken, 2 on wrong usage. */
export function runAlone(target: FuzzTarget): void {
  runTargets([target]);
}

/** Runs the targets one after the other; the seconds are shared between them. */
export function runTargets(targets: readonly FuzzTarget[]): void {
  const options = readOptions();
  if (options === undefined) {
    process.stderr.write('usage: [--seconds N] [--seed N], N a positive number\n');
    process.exitCode = 2;
    return;
  }
  for (const target of targets) runTarget(target, options.seconds / targets.length, options.seed);
}

function runTarget(target: FuzzTarget, seconds: number, seed: number): void {
  process.stdout.write(`fuzz ${target.name}: ${seconds.toFixed(0)} s, --seed ${seed}\n`);
  const { inputs, bytes, failure } = target.run({ seconds, seed });
  const tried = `${inputs.toLocaleString('en')} inputs, ${(bytes / 1e6).toFixed(1)} MB`;
  if (failure === undefined) {
    process.stdout.write(`fuzz ${target.name}: ${tried}: nothing broke\n`);
    return;
  }
  const file = join(mkdtempSync(join(tmpdir(), 'disprotrack-fuzz-')), `${target.name}.${target.extension}`);
  writeFileSync(file, failure.input);
  process.stdout.write(
    `fuzz ${target.name}: broken after ${tried}; the input is in ${file}\n${failure.message}\n`,
  );
  process.exitCode = 1;
}

function readOptions(): { seconds: number; seed: number } | undefined {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
    const seconds = Number(values.seconds ?? 60);
    const seed = Number(values.seed ?? Date.now() % 2 ** 32);
    return seconds > 0 && Number.isInteger(seed) ? { seconds, seed } : undefined;
  } catch {
    return undefined;
  }
}
