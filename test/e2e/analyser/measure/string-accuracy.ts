/** Compares the analyser's texts with those of the source. It must not know where either come from. */
import { createHash } from 'node:crypto';
import type { Judgement } from '../literal/program-labels.ts';

export interface StringAccuracy {
  readonly truth: number;
  readonly found: number;
  readonly recall: number;
  /** Of the analyser's texts, those at labelled calls: labels are never complete. */
  readonly labelledPrecision: number;
  /** With the share of log messages in the judged sample of the rest; undefined where nothing of it was judged. */
  readonly precision: number | undefined;
  readonly judged: number;
  readonly missed: readonly string[];
  /** The analyser's texts without a label, in the order in which they are to be judged. */
  readonly unmatched: readonly string[];
}

export function stringAccuracy(
  truth: ReadonlySet<string>,
  found: ReadonlySet<string>,
  judgements: readonly Judgement[],
): StringAccuracy {
  const missed = [...truth].filter((text) => !found.has(text));
  const unmatched = [...found]
    .filter((text) => !truth.has(text))
    .sort((a, b) => order(a).localeCompare(order(b)));
  const verdicts = new Map(judgements.map(({ text, verdict }) => [text, verdict]));
  const judged = unmatched.filter((text) => verdicts.has(text));
  const logs = judged.filter((text) => verdicts.get(text) === 'log').length;
  const matched = found.size - unmatched.length;
  const rest =
    unmatched.length === 0 ? 0 : judged.length === 0 ? undefined : (logs / judged.length) * unmatched.length;
  return {
    truth: truth.size,
    found: found.size,
    recall: ratio(truth.size - missed.length, truth.size),
    labelledPrecision: ratio(matched, found.size),
    precision: rest === undefined ? undefined : ratio(matched + rest, found.size),
    judged: judged.length,
    missed,
    unmatched,
  };
}

/** A sample drawn in this order is random, and the same tomorrow. */
function order(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
