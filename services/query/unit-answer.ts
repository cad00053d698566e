/** A unit's common log as answers have it. It must not know how it was read. */
import { formatTime } from '../contract/time-text.ts';
import type { EntryAnswer, UnitAnswer } from '../contract/units.ts';
import type { Vertex } from '../core/graph-store.ts';
import type { LogEntry, UnitLog } from '../core/trace/common-log.ts';

export function unitAnswer({ unit, entries, isCut }: UnitLog): UnitAnswer {
  const { process, thread, request, status, confidence, reason } = unit.properties;
  const end = entries.reduce((latest, entry) => {
    const last = entry.kind === 'sys' ? entry.last : entry.time;
    return last > latest ? last : latest;
  }, unit.time);
  return {
    id: unit.id,
    label: unit.label,
    process: process === undefined ? null : String(process),
    thread: typeof thread === 'number' ? thread : null,
    host: unit.host,
    container: unit.container ?? null,
    request: request === undefined ? null : String(request),
    status: typeof status === 'number' ? status : null,
    start: formatTime(unit.time),
    end: formatTime(end),
    confidence: typeof confidence === 'number' ? confidence : null,
    reason: (reason as UnitAnswer['reason'] | undefined) ?? null,
    entries: entries.map(entryAnswer),
    truncated: isCut,
  };
}

function entryAnswer(entry: LogEntry): EntryAnswer {
  const time = formatTime(entry.time);
  if (entry.kind === 'app') {
    const { text, template, statement } = entry;
    return {
      kind: 'app',
      time,
      last: time,
      count: 1,
      text: text ?? null,
      template: statement?.text ?? template.label,
      by: statement?.by ?? null,
      site: statement?.site ?? null,
      disagrees: statement?.disagrees ?? false,
      syscall: null,
      object: null,
      objectId: template.id,
      bytes: 0,
    };
  }
  const { syscall, object, direction, count, bytes } = entry;
  const times = count === 1 ? '' : ` (${count} times)`;
  return {
    kind: 'sys',
    time,
    last: formatTime(entry.last),
    count,
    text: `${syscall} ${direction === 'from' ? '←' : '→'} ${nameOf(object)}${times}`,
    template: null,
    by: null,
    site: null,
    disagrees: false,
    syscall,
    object: nameOf(object),
    objectId: object.id,
    bytes,
  };
}

function nameOf({ label, id }: Vertex): string {
  return label === '' ? id : label;
}
