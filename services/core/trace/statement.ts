/**
 * The templates of one statement: those that a profile, or what was learned, says it printed. A template is named by the
 * statement that it was of when it was last printed; that may have become part of an older one since.
 */
import type { GraphReader } from '../graph-store.ts';
import { term } from '../upg/identity.ts';

/** Templates of one statement that are looked for. */
export const statement_templates_max = 10_000;
const renamed_count_max = 64;

/** Ids of templates, `template` among them; in order of id. */
export async function templatesOfStatement(reader: GraphReader, template: string): Promise<string[]> {
  let root = template;
  for (let i = 0; i < renamed_count_max; i++) {
    const [vertex] = await reader.vertices([root]);
    const statement = vertex?.properties.statement;
    if (typeof statement !== 'string') break;
    root = statement;
  }
  const found = new Set([template, root]);
  for (const id of found) {
    if (found.size >= statement_templates_max) break;
    for (const each of await reader.lookup(term('statement', id), statement_templates_max)) found.add(each);
  }
  found.delete(root.startsWith('lms:') ? root : '');
  return [...found].sort().slice(0, statement_templates_max);
}
