/** A unit's common log as lines: what it is, then each entry with the time since the unit began. */
import { parseTime } from '../../contract/time-text.ts';
import type { EntryAnswer, UnitAnswer } from '../../contract/units.ts';
import type { Vertex } from '../../core/graph-store.ts';
import type { Paint } from './paint.ts';
import { offsetText } from './quantity.ts';
import { safeLabel } from './safe-text.ts';

const label_length_max = 110;
const text_length_max = 200;
const offset_width = 12;

/** `process` is named before the first of its units. */
export function unitText(unit: UnitAnswer, process: Vertex | undefined, paint: Paint): string {
  const start = parseTime(unit.start)!;
  const lines: string[] = [];
  if (process !== undefined) {
    const where = process.container === undefined ? '' : `, ${safeLabel(process.container, 40)}`;
    const pid = process.properties.pid ?? '?';
    lines.push(paint.heading(`${safeLabel(process.label, label_length_max)} (process ${pid}${where})`), '');
  }
  const lasted = offsetText(parseTime(unit.end)! - start);
  const thread = unit.thread === null ? '' : `, thread ${unit.thread}`;
  const sure = unit.confidence === null ? '' : `, confidence ${unit.confidence}`;
  const about = `${unit.start}  ${lasted}  ${unit.reason ?? 'no reason'}${sure}${thread}`;
  lines.push(`● ${paint.strong(safeLabel(unit.label, label_length_max))}  ${paint.faint(about)}`);
  for (const entry of unit.entries) {
    const offset = offsetText(parseTime(entry.time)! - start).padStart(offset_width);
    lines.push(`  ${paint.faint(offset)}  ${entryText(entry)}`);
  }
  if (unit.truncated) lines.push(paint.faint('  and more'));
  return `${lines.join('\n')}\n\n`;
}

function entryText({ kind, text, template, disagrees }: EntryAnswer): string {
  if (kind === 'sys') return safeLabel(text!, text_length_max);
  const statement = safeLabel(template ?? '', text_length_max);
  if (text === null) return `“${statement}” as a template`;
  const line = `“${safeLabel(text, text_length_max)}”`;
  return disagrees ? `${line}, though the code that wrote it prints “${statement}”` : line;
}
