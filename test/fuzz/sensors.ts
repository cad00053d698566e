/**
 * Fuzzes the readers of sensors' JSON lines: mutations of the golden lines. Whatever the input is, they must not throw,
 * must account for every line, say where each broken one is wrong, and give the same for any cut into chunks.
 * Run alone: node test/fuzz/sensors.ts --seconds 60
 */
import { readFileSync } from 'node:fs';
import { type SensorName, sensorNames } from '../../services/core/sensor/sensor-name.ts';
import type { Random } from '../bench/random.ts';
import { runAlone } from './command-line.ts';
import { fuzzLoop } from './fuzz-loop.ts';
import type { FuzzOptions, FuzzReport, FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutation.ts';
import { type ReadSensor, readSensor } from './read-sensor.ts';

export const sensorsTarget: FuzzTarget = { name: 'sensors', extension: 'jsonl', run: fuzzSensors };

/** Throws where the input breaks an invariant. */
export function checkSensorsInput(input: Uint8Array, random: Random): void {
  const sensor: SensorName | undefined = sensorNames[random.below(sensorNames.length + 1)];
  const whole = readSensor(input, { sensor });
  checkAccounts(whole);
  checkEvents(whole);
  const cuts = Array.from({ length: 1 + random.below(20) }, () => random.below(input.length + 1));
  const pieces = readSensor(input, { sensor, cuts: cuts.sort((a, b) => a - b) });
  if (text(pieces) !== text(whole)) throw new Error(`cut at ${cuts.join(', ')} it gives something else`);
}

function fuzzSensors(options: FuzzOptions): FuzzReport {
  const folder = new URL('../golden/sensor/', import.meta.url);
  const corpus = sensorNames.map((name) => new Uint8Array(readFileSync(new URL(`${name}.txt`, folder))));
  const next = (random: Random): Uint8Array =>
    mutate(random.pick(corpus), random.pick(corpus), random, dictionary, length_max);
  return fuzzLoop({ ...options, corpus, next, check: checkSensorsInput, elapsedMsMax });
}

function checkAccounts({ events, diagnostics, counts }: ReadSensor): void {
  const { lines, ignored, broken, blank } = counts;
  if (counts.events !== events.length || events.length + ignored + broken + blank !== lines)
    throw new Error(`lines do not add up: ${JSON.stringify(counts)}`);
  // What only counts those that were left out has no line.
  const told = diagnostics.filter(({ severity, line }) => severity === 'error' && line > 0);
  if (broken > 0 && told.length === 0) throw new Error('a line is broken in silence');
  for (const { line, column, code } of told) {
    if (line < 1 || line > lines || (column < 1 && code !== 'sensor-line-too-long'))
      throw new Error(`a diagnostic at line ${line}, column ${column} of ${lines} lines`);
  }
}

function checkEvents({ events }: ReadSensor): void {
  for (const { serial, exit, pid, ppid, args, paths, time } of events) {
    if ([serial, exit, pid, ppid, ...args].some(Number.isNaN)) throw new Error('not a number in an event');
    if (time < 0n) throw new Error('an event before time');
    for (const { path } of paths) {
      if (path !== undefined && !path.startsWith('/'))
        throw new Error(`a path that is not absolute: ${path}`);
    }
  }
}

function text(read: ReadSensor): string {
  return JSON.stringify(read, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

const length_max = 40_000;
const elapsedMsMax = 3_000;

const dictionary = [
  ...['{', '}', '[', ']', '"', '\\', ':', ',', '\n', 'null', '-1', '1e999', '{"__proto__":1}', '\\u0000'],
  ...['"process_exec"', '"output_fields"', '"eventName"', '"ID"', '"pid"', '"time"', '"args"', '"PATH"'],
].map((word) => Uint8Array.from(word, (character) => character.charCodeAt(0)));

if (import.meta.main) runAlone(sensorsTarget);
