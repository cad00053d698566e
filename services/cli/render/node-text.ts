/** One log message string of a profile with all that is known of it, for people. */
import type { LmsCfgProfile } from '../../contract/lms-cfg-profile.ts';
import type { LmsCfg } from '../../core/lms/lms-cfg.ts';
import { createMatcher } from '../../core/lms/matcher.ts';
import type { Paint } from './paint.ts';
import { grouped } from './quantity.ts';
import { safeLabel, safeText } from './safe-text.ts';

type ProfileNode = LmsCfgProfile['nodes'][number];

const nodes_max = 20;
const neighbours_max = 20;
const text_length_max = 90;

export interface FoundNodes {
  readonly nodes: readonly ProfileNode[];
  /** Texts with hardly a word of their own that fit the line, as they fit almost any: they are no answer. */
  readonly catchAlls: readonly string[];
}

/** Letters and digits beside conversions, from which on a string says what it is about. */
const telling_length_min = 4;

/** By address; else by the whole text; else by a part of it; else those that print the line, the most telling first. */
export function findNodes(profile: LmsCfgProfile, wanted: string, cfg: LmsCfg): FoundNodes {
  const address = wanted.toLowerCase().replace(/^0x0*/, '');
  const rules: ((node: ProfileNode) => boolean)[] = [
    (node) => node.address?.toLowerCase().replace(/^0x0*/, '') === address,
    (node) => node.text === wanted,
    (node) => node.text.includes(wanted),
  ];
  for (const rule of rules) {
    const found = profile.nodes.filter(rule);
    if (found.length > 0) return { nodes: found, catchAlls: [] };
  }
  if (/^0x[0-9a-f]+$/i.test(wanted)) return { nodes: [], catchAlls: [] };
  const printing = createMatcher(cfg)
    .match(wanted)
    .map(({ node, variables }) => ({
      node: profile.nodes[node.id]!,
      constant: constantIn(wanted, variables),
    }));
  const telling = printing.filter(({ constant }) => constant >= telling_length_min);
  if (telling.length > 0) return { nodes: telling.map(({ node }) => node), catchAlls: [] };
  return { nodes: [], catchAlls: [...new Set(printing.map(({ node }) => node.text))] };
}

/** Letters and digits of the line that the string itself has. */
function constantIn(line: string, variables: readonly string[]): number {
  const count = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return count(line) - variables.reduce((sum, variable) => sum + count(variable), 0);
}

export function explanationText(
  found: readonly ProfileNode[],
  profile: LmsCfgProfile,
  cfg: LmsCfg,
  paint: Paint,
): string {
  const before = predecessors(cfg, new Set(found.slice(0, nodes_max).map((node) => node.id)));
  const parts = found.slice(0, nodes_max).map((node) => {
    const rows: [string, string][] = [
      ['address', node.address ?? 'not known'],
      ['function', node.function ?? 'not known'],
      ['printed by', node.lmgf ?? 'not known'],
      ['regex', node.regex],
      ['loop', loopText(node)],
    ];
    return [
      paint.heading(safeText(node.text)),
      ...rows.map(([name, text]) => `  ${paint.strong(name.padEnd(10))} ${safeText(text)}`),
      ...neighbours('before', before.get(node.id) ?? [], profile, paint),
      ...neighbours('after', cfg.successors(node.id), profile, paint),
    ].join('\n');
  });
  const more = found.length - nodes_max;
  if (more > 0) parts.push(paint.faint(`and ${grouped(more)} more; give an address or more of the text`));
  return `${parts.join('\n\n')}\n`;
}

function loopText({ loopStart, loopEnd, endSyscalls }: ProfileNode): string {
  const after = endSyscalls.length > 0 ? `, then ${endSyscalls.join(', ')}` : '';
  if (loopStart && loopEnd) return `begins and ends a turn${after}`;
  return loopStart ? 'begins a turn' : loopEnd ? `ends a turn${after}` : 'within or outside of a turn';
}

function predecessors(cfg: LmsCfg, wanted: ReadonlySet<number>): Map<number, number[]> {
  const found = new Map<number, number[]>([...wanted].map((id) => [id, []]));
  for (const { id } of cfg.nodes) for (const to of cfg.successors(id)) found.get(to)?.push(id);
  return found;
}

function neighbours(title: string, ids: readonly number[], profile: LmsCfgProfile, paint: Paint): string[] {
  const lines = ids.slice(0, neighbours_max).map((id) => {
    const { text, address } = profile.nodes[id]!;
    return `    ${safeLabel(text, text_length_max)}  ${paint.faint(safeText(address ?? ''))}`;
  });
  const more = ids.length - lines.length;
  if (more > 0) lines.push(paint.faint(`    and ${grouped(more)} more`));
  return [
    `  ${paint.strong(title.padEnd(10))} ${ids.length === 0 ? 'nothing' : grouped(ids.length)}`,
    ...lines,
  ];
}
