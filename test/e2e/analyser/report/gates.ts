/** What the analyser promises. Each broken promise is a sentence. */
import { site_recall_min } from '../measure/call-sites.ts';
import { hit_rate_min, random_hit_rate_max } from '../measure/line-order.ts';
import { median, precision_min, recall_median_min, recall_min } from '../measure/program-texts.ts';
import type { Results } from './results.ts';

/** Over the server and its modules. */
const code_recall_min = 0.998;

type Gates = { readonly [P in keyof Results]: (results: Results[P]) => readonly string[] };

export const gates: Gates = {
  strings: (rows) => [
    ...rows
      .filter((row) => row.recall < recall_min)
      .map((row) => low(`string recall of ${row.name}`, row.recall, recall_min)),
    ...(median(rows.map((row) => row.recall)) < recall_median_min
      ? [low('median string recall', median(rows.map((row) => row.recall)), recall_median_min)]
      : []),
    ...rows
      .filter((row) => (row.precision ?? row.labelledPrecision) < precision_min)
      .map((row) => low(`precision of ${row.name}`, row.precision ?? row.labelledPrecision, precision_min)),
  ],
  // The server's own, all; of its modules, some codes are no part of what is logged (mod_md's name problems in JSON).
  codes: (rows) => {
    const count = (of: (row: Results['codes'][number]) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0);
    const recall = 1 - count((row) => row.missed.length) / count((row) => row.codes);
    return [
      ...rows
        .slice(0, 1)
        .filter((row) => row.missed.length > 0)
        .map(
          (row) =>
            `${row.file}: ${row.missed.length} of ${row.codes} message codes were not found (${row.missed[0]} …)`,
        ),
      ...(recall < code_recall_min ? [low('message codes of all files', recall, code_recall_min)] : []),
    ];
  },
  sites: (rows) =>
    rows
      .filter((row) => row.recall < site_recall_min)
      .map((row) => low(`call sites of ${row.name}`, row.recall, site_recall_min)),
  edges: (rows) => [
    ...rows
      .filter((row) => row.hitRate < hit_rate_min)
      .map((row) => low(`edges of ${row.name}`, row.hitRate, hit_rate_min)),
    ...rows
      .filter((row) => row.randomHitRate > random_hit_rate_max)
      .map(
        (row) =>
          `random pairs of ${row.name}: ${row.randomHitRate.toFixed(3)} is above ${random_hit_rate_max}`,
      ),
  ],
  // Time is reported: another machine would give another.
  figures: (rows) =>
    rows.flatMap(({ name, runs, bound }) =>
      runs.flatMap((run) =>
        'failure' in run
          ? [`${name}, BT ${run.bt}: ${run.failure}`]
          : bound !== undefined && run.mb > bound.mb_max
            ? [`memory of ${name}, BT ${run.bt}: ${Math.round(run.mb)} MB is above ${bound.mb_max}`]
            : [],
      ),
    ),
};

function low(what: string, value: number, least: number): string {
  return `${what}: ${value.toFixed(3)} is below ${least}`;
}
