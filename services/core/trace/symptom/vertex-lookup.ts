/** Vertices under terms, the newest first. It must not know what a term says. */
import type { Vertex } from '../../graph-store.ts';
import { matches_max, type Question } from './symptom.ts';

/** Ids under one term that are looked through for those in time. */
const lookups_max = 16_384;

/** The newest that were there by the time asked for; ids are looked at in growing numbers, as most answers are small. */
export async function lookupAny(
  { reader, before }: Question,
  terms: readonly string[],
  fits: (vertex: Vertex) => boolean,
): Promise<{ matched: Vertex[]; more: boolean }> {
  for (let limit = matches_max + 1; ; limit *= 8) {
    const ids = new Set<string>();
    let full = false;
    for (const term of terms) {
      const found = await reader.lookup(term, limit);
      full ||= found.length === limit;
      for (const id of found) ids.add(id);
    }
    const known = (await reader.vertices([...ids])).filter((v) => v.time <= before && fits(v));
    if (known.length <= matches_max && full && limit < lookups_max) continue;
    known.sort((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time > b.time ? -1 : 1));
    return { matched: known.slice(0, matches_max), more: full || known.length > matches_max };
  }
}

/** `, 3 vertices`, or nothing for one. */
export function countText(count: number, more: boolean): string {
  if (more) return `, the newest ${count} of more`;
  return count > 1 ? `, ${count} vertices` : '';
}
