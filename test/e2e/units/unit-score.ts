/** How well given units fit the true ones. It must not know how either were found. */

import { parseTime } from '../../../services/contract/time-text.ts';
import type { EntryAnswer, UnitAnswer } from '../../../services/contract/units.ts';
import type { TrueCall, TrueUnits } from './true-units.ts';

export interface UnitScore {
  readonly trueUnits: number;
  readonly givenUnits: number;
  /** Of first and last calls. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly calls: number;
  readonly callsRight: number;
  readonly lines: number;
  readonly linesRight: number;
  readonly unknownCalls: number;
}

interface Given {
  readonly unit: number;
  readonly time: bigint;
  readonly last: bigint;
}

export function scoreUnits(truth: TrueUnits, units: readonly UnitAnswer[]): UnitScore {
  const givenOf = indexEntries(truth, units);
  const assigned = truth.calls.map((call) => givenOf(call));
  const right = matching(truth.calls, assigned);
  const trueEnds = endsOf(
    truth.calls,
    truth.calls.map(({ unit }) => unit),
  );
  const givenEnds = endsOf(truth.calls, assigned);
  let found = 0;
  for (const end of givenEnds) if (trueEnds.has(end)) found++;
  const precision = found / givenEnds.size;
  const recall = found / trueEnds.size;
  const callsRight = truth.calls.filter(
    ({ unit }, i) => assigned[i] !== undefined && right.get(unit) === assigned[i],
  );
  return {
    trueUnits: trueEnds.size / 2,
    givenUnits: givenEnds.size / 2,
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
    calls: truth.calls.length,
    callsRight: callsRight.length / truth.calls.length,
    lines: truth.lines.size,
    linesRight: rightLines(truth, units, right) / truth.lines.size,
    unknownCalls: truth.unknown,
  };
}

/** The unit that a call was given to, by its process, its name, its object and its time. */
function indexEntries(
  truth: TrueUnits,
  units: readonly UnitAnswer[],
): (call: TrueCall) => number | undefined {
  const ports = new Set(truth.calls.map(({ object }) => object));
  const index = new Map<string, Given[]>();
  for (const [unit, { process, entries }] of units.entries()) {
    const pid = /\/(\d+)@/.exec(process ?? '')?.[1];
    for (const entry of entries) {
      if (entry.kind !== 'sys') continue;
      const key = `${pid} ${entry.syscall} ${objectOf(entry, ports)}`;
      const given = { unit, time: parseTime(entry.time)!, last: parseTime(entry.last)! };
      const others = index.get(key);
      if (others === undefined) index.set(key, [given]);
      else others.push(given);
    }
  }
  return ({ process, syscall, object, time }) => {
    const within = (index.get(`${process} ${syscall} ${object}`) ?? []).filter(
      (g) => g.time <= time && time <= g.last,
    );
    within.sort((a, b) => Number(a.last - a.time - (b.last - b.time)));
    return within[0]?.unit;
  };
}

/** As the truth names it: a client's port, or a path. */
function objectOf({ object }: EntryAnswer, ports: ReadonlySet<string>): string {
  const ends = object!.split(/ [→←] /).map((end) => end.slice(end.lastIndexOf(':') + 1));
  return (ends.length === 2 ? ends.find((port) => ports.has(port)) : undefined) ?? object!;
}

/** The given unit that has most of a true one's calls, where it has more of it than of any other. */
function matching(
  calls: readonly TrueCall[],
  assigned: readonly (number | undefined)[],
): Map<string, number> {
  const shared = new Map<string, Map<number, number>>();
  for (const [i, call] of calls.entries()) {
    const unit = assigned[i];
    if (unit === undefined) continue;
    const row = shared.get(call.unit) ?? new Map<number, number>();
    shared.set(call.unit, row.set(unit, (row.get(unit) ?? 0) + 1));
  }
  const best = new Map<string, number>();
  const owner = new Map<number, { of: string; count: number }>();
  for (const [of, row] of shared) {
    const [unit, count] = [...row].reduce((a, b) => (b[1] > a[1] ? b : a));
    best.set(of, unit);
    if ((owner.get(unit)?.count ?? 0) < count) owner.set(unit, { of, count });
  }
  return new Map([...best].filter(([of, unit]) => owner.get(unit)!.of === of));
}

/** Positions of first and last calls of each group, told apart. */
function endsOf<T>(calls: readonly TrueCall[], groups: readonly (T | undefined)[]): Set<string> {
  const first = new Map<T, number>();
  const last = new Map<T, number>();
  for (const i of calls.keys()) {
    const group = groups[i];
    if (group === undefined) continue;
    if (!first.has(group)) first.set(group, i);
    last.set(group, i);
  }
  return new Set([
    ...[...first.values()].map((i) => `first ${i}`),
    ...[...last.values()].map((i) => `last ${i}`),
  ]);
}

function rightLines(
  truth: TrueUnits,
  units: readonly UnitAnswer[],
  right: ReadonlyMap<string, number>,
): number {
  const unitsOf = new Map<string, Set<number>>();
  for (const [of, unit] of right) {
    const tag = of.slice(0, of.indexOf(' '));
    unitsOf.set(tag, (unitsOf.get(tag) ?? new Set<number>()).add(unit));
  }
  const byText = new Map<string, number>();
  for (const [unit, { entries }] of units.entries()) {
    for (const { kind, text } of entries) if (kind === 'app' && text !== null) byText.set(text, unit);
  }
  let count = 0;
  for (const [text, tag] of truth.lines) {
    const unit = byText.get(text);
    if (unit !== undefined && unitsOf.get(tag)?.has(unit) === true) count++;
  }
  return count;
}
