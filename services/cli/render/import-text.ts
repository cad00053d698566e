/** What an import did: counts, what each log was taken for, how long each phase took. */
import type { ImportSummary } from '../../worker/import-files.ts';
import type { Paint } from './paint.ts';
import { durationText, plural } from './quantity.ts';
import { safeText } from './safe-text.ts';

/** `graph`: what the store has now. */
export function importText(
  summary: ImportSummary,
  graph: { readonly vertices: number; readonly edges: number },
  total_ms: number,
  paint: Paint,
): string {
  const { records, events, entries, units, lost, diagnostics, detected, empty, clocks, phases } = summary;
  const { vertices, edges } = graph;
  const rows: [string, string][] = [
    ['read', `${plural(records, 'record')} in ${plural(events, 'event')}, ${plural(entries, 'log line')}`],
    [
      'graph',
      `${plural(units, 'unit')} in this import; ${plural(vertices, 'vertex', 'vertices')}, ${plural(edges, 'edge')} in the store`,
    ],
    [
      'time',
      `${durationText(total_ms)} (${phases.map((p) => `${p.name} ${durationText(p.ms)}`).join(', ')})`,
    ],
  ];
  if (lost > 0) rows.push(['lost', `${plural(lost, 'record')}, which answers show as gaps`]);
  const { error, warning, note } = diagnostics;
  if (error + warning + note > 0) {
    rows.push([
      'remarks',
      `${plural(error, 'error')}, ${plural(warning, 'warning')}, ${plural(note, 'note')}`,
    ]);
  }
  for (const { file, format, confidence, timeRule } of detected) {
    const sure = confidence >= 1 ? '' : ` (${Math.round(confidence * 100)} % sure)`;
    rows.push(['log', safeText(`${file}: ${format}${sure}, ${timeRule}`)]);
  }
  for (const file of empty) rows.push(['log', safeText(`${file}: empty`)]);
  for (const { source, add_ns, bound_ns } of clocks) {
    const [by, bound] = [Number(add_ns) / 1e6, Number(bound_ns) / 1e6];
    const text = `${source}: a line's write comes ${by.toFixed(0)} ms after its time, and at most ${bound.toFixed(0)} ms more (λ)`;
    rows.push([
      'clock',
      safeText(by < 0 ? text.replace(`${by.toFixed(0)} ms after`, `${(-by).toFixed(0)} ms before`) : text),
    ]);
  }
  return `${rows.map(([name, text]) => `${paint.strong(name.padEnd(8))} ${text}`).join('\n')}\n`;
}
