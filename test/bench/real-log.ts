/**
 * Logs of real servers, each line labelled by the statement of the server's own binary that fits it best. As in the
 * labelled logs of others, what a logger puts before a message is not part of it. Statements that are nearly all values
 * are left out: nobody could know them by their lines.
 */
import { LineMatcher } from '../e2e/analyser/reality/line-matcher.ts';
import type { RealServer } from '../e2e/analyser/reality/real-server.ts';
import { recordServer } from '../e2e/analyser/reality/servers.ts';
import { analyse } from '../e2e/analyser/tool/analyse.ts';
import { isTelling, type LabelledLine } from './labelled-log.ts';

export interface RealLog {
  readonly log: readonly LabelledLine[];
  /** Lines that the server wrote. */
  readonly lines: number;
}

export async function realLog(server: RealServer): Promise<RealLog> {
  const { binary, lines } = await recordServer(server);
  const { nodes } = await analyse(binary);
  const matcher = new LineMatcher(nodes);
  const log = lines.flatMap(({ text }): LabelledLine[] => {
    const found = matcher.match(text).map((id) => nodes[id]!);
    const [first] = found;
    if (first === undefined || !isTelling(first.text)) return [];
    const at = new RegExp(first.regex.replace(/^\^/, '').replace(/\$$/, ''), 's').exec(text)?.index ?? 0;
    const label = [...new Set(found.map((node) => node.text))].sort().join('\n');
    return [{ message: text.slice(at), label }];
  });
  return { log, lines: lines.length };
}
