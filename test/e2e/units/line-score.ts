/** Share of a server's lines that the store has under the statement that printed them. */

import { renderTemplate } from '../../../services/core/lms/template.ts';
import { term } from '../../../services/core/upg/identity.ts';
import { openStore } from '../../../services/store/open-store.ts';
import type { TrueLine } from './unit-server.ts';

export interface LineScore {
  /** Lines of the program's own statements. */
  readonly lines: number;
  readonly right: number;
  /** Lines that were made by configuration or a script. */
  readonly others: number;
  /** Lines of which nobody said what printed them, each text once. */
  readonly unjudged: readonly string[];
  /** Text, what it was taken for, what it is. */
  readonly wrong: readonly string[];
}

const uses_max = 100_000;
const shown_max = 8;

/** `programs` are the file names of those whose lines count. */
export async function scoreLines(
  dir: string,
  programs: readonly string[],
  known: readonly TrueLine[],
): Promise<LineScore> {
  const reader = await openStore(dir, { mode: 'read' });
  const score = { lines: 0, right: 0, others: 0 };
  const unjudged = new Set<string>();
  const wrong = new Set<string>();
  for await (const vertex of reader.allVertices()) {
    if (vertex.kind !== 'template' || !programs.includes(String(vertex.properties.program))) continue;
    const template = vertex.terms
      .find((each) => each.startsWith('template:'))!
      .slice(term('template', '').length);
    for (const { variables } of await reader.usesOf(vertex.id, 1n << 62n, uses_max)) {
      const text = renderTemplate(template, variables);
      const truth = known.find(({ line }) => line.test(text));
      if (truth === undefined) unjudged.add(text);
      else if (truth.formats.length === 0) score.others++;
      else {
        score.lines++;
        const taken = String(vertex.properties.lms);
        if (
          truth.formats.some((format) => (typeof format === 'string' ? format === taken : format.test(taken)))
        )
          score.right++;
        else wrong.add(`${text} ⇒ ${vertex.properties.lms}`);
      }
    }
  }
  await reader.close();
  return { ...score, unjudged: [...unjudged].slice(0, shown_max), wrong: [...wrong].slice(0, shown_max) };
}
