/**
 * Ids that services hand on from call to call and print: those of W3C Trace Context, and whatever a line names as the id
 * of a call, request or trace. It must not know who printed the line.
 */

const ids_max = 4;
const traceParent = /(?<![0-9A-Za-z])[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])/;
const named =
  /(?<![A-Za-z])(?:x[-_])?(?:call|request|req|trace|correlation)[-_ ]?id["']?\s{0,2}[:=]\s{0,2}["']?([0-9A-Za-z][\w.-]{6,63})(?![\w-])/gi;
/** Most lines have none, and are told so by this. */
const mayBe = /id["' ]{0,3}[:=]|-[0-9a-f]{32}-/i;

/** In lower case, as they are looked up. */
export function callIdsOf(text: string): string[] {
  if (!mayBe.test(text)) return [];
  const ids = new Set<string>();
  const parent = traceParent.exec(text)?.[1];
  if (parent !== undefined) ids.add(parent);
  for (const [, id] of text.matchAll(named)) {
    if (ids.size >= ids_max) break;
    ids.add(id!.toLowerCase());
  }
  return [...ids];
}
