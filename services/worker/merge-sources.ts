/** Merges inputs into the one sequence that the fold takes: always the earliest next item. Holds no whole input. */
import type { FoldInput } from '../core/upg/fold.ts';
import type { InputSource } from './input-source.ts';

/** Throws InputError of the source that can't be read further. */
export async function* mergeSources(
  sources: readonly InputSource[],
  run_items: number,
): AsyncGenerator<FoldInput[]> {
  const live: InputSource[] = [];
  for (const source of sources) if (await source.fill()) live.push(source);
  let run: FoldInput[] = [];
  while (live.length > 0) {
    let first = 0;
    for (let i = 1; i < live.length; i++) if (live[i]!.time < live[first]!.time) first = i;
    const source = live[first]!;
    const until = nextTime(live, source);
    // Everything of this source up to the others' next item follows without another look.
    do {
      run.push(source.next());
    } while (run.length < run_items && source.hasNext && (until === undefined || source.time <= until));
    if (run.length >= run_items) {
      yield run;
      run = [];
    }
    if (!source.hasNext && !(await source.fill())) live.splice(first, 1);
  }
  if (run.length > 0) yield run;
}

/** When the earliest of the other sources has its next item; undefined where there is no other. */
function nextTime(live: readonly InputSource[], source: InputSource): bigint | undefined {
  let earliest: bigint | undefined;
  for (const other of live) {
    if (other !== source && (earliest === undefined || other.time < earliest)) earliest = other.time;
  }
  return earliest;
}
