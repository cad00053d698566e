/**
 * One entry out of a line's layers: which layer's time, pid and container count. It must not see other lines, except
 * through what it is told to repeat.
 */
import type { AppEntry, TimeSource } from './app-entry.ts';
import type { ParsedLine } from './format/line-format.ts';
import type { Layers } from './layer-reader.ts';
import type { ResolvedTime, TimeRule } from './time-rule.ts';

export interface EntryContext {
  readonly host: string;
  readonly source: string;
  readonly log: string;
  readonly container: string | undefined;
  readonly rule: TimeRule;
  /** What a line takes over that leaves it out because the line before said it. */
  readonly repeatedTime: ResolvedTime | undefined;
  readonly heldPid: number | undefined;
  /** For a line that says none, ns. */
  readonly untimed: bigint;
}

/** Most trusted first, as `TimeSource` lists them. */
const TRUST: readonly TimeSource[] = [
  'kernel-stamp',
  'collector',
  'line',
  'line-assumed-zone',
  'line-assumed-year',
  'none',
];
const NO_TIME: ResolvedTime = { time: 0n, source: 'none', precision: 0n, assumed: [] };

export function buildEntry(layers: Layers, context: EntryContext): AppEntry {
  const { stamp, parsed, envelopes } = layers;
  const outermostFirst = parsed === undefined ? envelopes : [...envelopes, parsed];
  const innermostFirst = outermostFirst.toReversed();
  const pid = innermostFirst.find((layer) => layer.pid !== undefined)?.pid ?? context.heldPid;
  const time =
    stamp === undefined
      ? bestTime(outermostFirst, context)
      : ({ time: stamp.time, source: 'kernel-stamp', precision: 1n, assumed: [] } as const);
  context.rule.took(time);
  return {
    kind: 'app',
    host: context.host,
    container: innermostFirst.find((layer) => layer.container !== undefined)?.container ?? context.container,
    pid: stamp?.pid ?? pid,
    pidSource: stamp !== undefined ? 'host' : pid !== undefined ? 'namespace-or-host' : 'none',
    time: time.source === 'none' ? context.untimed : time.time,
    timeSource: time.source,
    timePrecision: time.precision,
    text: layers.text,
    byteLength: layers.byteLength,
    message: parsed?.message ?? layers.text,
    level: innermostFirst.find((layer) => layer.level !== undefined)?.level,
    request: parsed?.request,
    source: context.source,
    line: layers.line,
    lines: layers.lines,
    log: context.log,
  };
}

/** The most trusted source's time; between equals the finer one, then the inner one, which is nearer to the event. */
function bestTime(outermostFirst: readonly ParsedLine[], context: EntryContext): ResolvedTime {
  let best = NO_TIME;
  for (const layer of outermostFirst) {
    const time = layerTime(layer, context, best.source === 'none' ? undefined : best.time);
    if (time.source === 'none') {
      if (best === NO_TIME) best = time;
      continue;
    }
    const order = TRUST.indexOf(time.source) - TRUST.indexOf(best.source);
    if (order < 0 || (order === 0 && time.precision <= best.precision)) best = time;
  }
  return best;
}

function layerTime(layer: ParsedLine, context: EntryContext, near: bigint | undefined): ResolvedTime {
  if (layer.repeatsTime) return context.repeatedTime ?? NO_TIME;
  if (layer.time === undefined) return NO_TIME;
  const time = context.rule.resolve(layer.time, near);
  return layer.collected && time.source === 'line' ? { ...time, source: 'collector' } : time;
}
