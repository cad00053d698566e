/** What differs between two profiles, for people. */
import type { DiffEntry, LmsCfgDiff } from '../../core/lms/lms-cfg-diff.ts';
import type { Paint } from './paint.ts';
import { grouped, plural } from './quantity.ts';
import { safeLabel, safeText } from './safe-text.ts';

const shown_max = 200;
const text_length_max = 110;

export function diffText({ added, removed, changed, edges, isSame }: LmsCfgDiff, paint: Paint): string {
  if (isSame) return 'The profiles say the same.\n';
  const line =
    (sign: string, colour: (text: string) => string) => (entry: DiffEntry & { what?: readonly string[] }) => {
      const what = entry.what === undefined ? '' : `  (${entry.what.join(', ')})`;
      const place = paint.faint(safeText(entry.function ?? ''));
      return `${colour(`${sign} ${safeLabel(entry.text, text_length_max)}`)}  ${place}${what}`;
    };
  const lines = [
    ...removed.map(line('-', paint.bad)),
    ...added.map(line('+', paint.good)),
    ...changed.map(line('~', paint.strong)),
  ];
  const more = lines.length - shown_max;
  return [
    ...lines.slice(0, shown_max),
    ...(more > 0 ? [paint.faint(`and ${grouped(more)} more`)] : []),
    `${plural(added.length, 'string')} added, ${grouped(removed.length)} removed, ${grouped(changed.length)} changed`,
    `${plural(edges.after, 'edge')} after ${grouped(edges.before)}: ${grouped(edges.added)} added, ${grouped(edges.removed)} removed`,
    '',
  ].join('\n');
}
