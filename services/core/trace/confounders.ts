/**
 * Causes that the records can't tell apart: of one kind, and on one way from where their paths join. It must not know
 * how causes are ranked.
 */
import type { BestPath } from './best-paths.ts';
import type { RootCause } from './root-causes.ts';

export interface Confounded {
  /** Places in the list that was given, the first of them the one that stands for all. */
  readonly places: readonly number[];
  /** Vertex from which on all came the same way. */
  readonly joint: string;
}

/** Scores that differ by less are the same for a reader. */
const likeness_min = 0.95;

/** By place of each cause that is confounded with others. Each is in one group. */
export function confounders(causes: readonly RootCause[]): ReadonlyMap<number, Confounded> {
  const groups = new Map<number, Confounded>();
  for (const [i, cause] of causes.entries()) {
    if (groups.has(i)) continue;
    const alike = causes.flatMap((other, j) => {
      const joint = j > i && !groups.has(j) ? jointOf(cause, other) : undefined;
      return joint === undefined ? [] : [{ place: j, joint }];
    });
    if (alike.length === 0) continue;
    const group = { places: [i, ...alike.map(({ place }) => place)], joint: alike[0]!.joint };
    for (const place of group.places) groups.set(place, group);
  }
  return groups;
}

/** Where two paths join; undefined where they are apart for more than half of the way, or of other kinds. */
function jointOf(a: RootCause, b: RootCause): string | undefined {
  if (a.entry !== b.entry || b.score < a.score * likeness_min) return undefined;
  const left = verticesOf(a.path);
  const right = verticesOf(b.path);
  let common = 0;
  while (common < Math.min(left.length, right.length) && left.at(-1 - common) === right.at(-1 - common))
    common++;
  return common * 2 >= Math.max(left.length, right.length) ? left.at(-common) : undefined;
}

function verticesOf({ steps }: BestPath): string[] {
  return [...(steps.length === 0 ? [] : [steps[0]!.edge.from]), ...steps.map(({ edge }) => edge.to)];
}
