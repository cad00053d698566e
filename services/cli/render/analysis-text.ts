/** What an analysis found, for people. */
import type { Analysis } from '../../analyser/app.ts';
import type { Paint } from './paint.ts';
import { durationText, grouped, plural } from './quantity.ts';
import { safeLabel, safeText } from './safe-text.ts';

const shown_max = 8;
const text_length_max = 90;

/** What an analysis found; of a profile that was kept, what it says. */
export type ShownAnalysis = Pick<Analysis, 'profile'> &
  Partial<Pick<Analysis, 'loops' | 'elapsed_ms' | 'rss_mb_max'>>;

export function analysisText(analysis: ShownAnalysis, out: string | undefined, paint: Paint): string {
  const { profile, loops, elapsed_ms, rss_mb_max } = analysis;
  const { nodes, counts, unresolved } = profile;
  const links = (profile.links ?? []).reduce((sum, list) => sum + list.length, 0);
  // In a stripped program few have names.
  const functions = new Set(nodes.flatMap((node) => node.function ?? [])).size;
  const starts = nodes.filter((node) => node.loopStart);
  const ends = nodes.filter((node) => node.loopEnd);
  const build = profile.buildId === undefined ? 'no build id' : `build id ${profile.buildId}`;
  const rows: [string, string][] = [
    ['program', `${profile.program} (${profile.arch ?? 'of unknown kind'}, ${build})`],
    ['code', codeText(counts, unresolved)],
    [
      'strings',
      `${plural(nodes.length, 'log message string')}${functions === 0 ? '' : ` in ${plural(functions, 'named function')}`}`,
    ],
    ['order', `${plural(links, 'link')} through ${plural(profile.junctions, 'junction')}`],
    [
      'loops',
      `${loops === undefined ? '' : `${plural(loops, 'event-handling loop')}: `}${grouped(starts.length)} strings begin a turn, ${grouped(ends.length)} end one`,
    ],
    ['coverage', profile.coverage ?? 'not known'],
  ];
  if (elapsed_ms !== undefined && rss_mb_max !== undefined)
    rows.push(['time', `${durationText(elapsed_ms)}, ${grouped(rss_mb_max)} MB at most`]);
  if (out !== undefined) rows.push(['profile', out]);
  const lines = rows.map(([name, text]) => `${paint.strong(name.padEnd(8))} ${safeText(text)}`);
  const lists: [string, typeof nodes][] = [
    ['Strings', nodes],
    ['A turn begins', starts],
    ['A turn ends', ends],
  ];
  for (const [title, list] of lists) lines.push(...listText(title, list, paint));
  return `${lines.join('\n')}\n`;
}

function codeText(
  counts: Analysis['profile']['counts'],
  unresolved: Analysis['profile']['unresolved'],
): string {
  const size = `${plural(counts?.functions ?? 0, 'function')}, ${plural(counts?.blocks ?? 0, 'block')}, ${plural(counts?.callSites ?? 0, 'call')}`;
  const { jumps = 0, calls = 0 } = unresolved ?? {};
  return `${size}; ${plural(jumps, 'jump')} and ${plural(calls, 'call')} unresolved`;
}

function listText(title: string, nodes: Analysis['profile']['nodes'], paint: Paint): string[] {
  if (nodes.length === 0) return [];
  const more = nodes.length - shown_max;
  return [
    '',
    paint.heading(title),
    ...nodes.slice(0, shown_max).map((node) => {
      const after =
        node.endSyscalls.length > 0 && title === 'A turn ends' ? `, then ${node.endSyscalls.join(', ')}` : '';
      const where = [node.address, node.function].filter(Boolean).join(' ');
      const place = paint.faint(safeText(`${where}${after}`));
      return `  ${safeLabel(node.text, text_length_max)}  ${place}`;
    }),
    ...(more > 0 ? [paint.faint(`  and ${grouped(more)} more`)] : []),
  ];
}
