/** A unit (or a process outside of any) with its common log, as an answer has it. */
import type { UnitDetail } from '../../contract/browse.ts';
import { vertexAnswer } from '../../contract/graph-answer.ts';
import { formatTime } from '../../contract/time-text.ts';
import type { GraphReader, Vertex } from '../../core/graph-store.ts';
import { unitLog } from '../../core/trace/unit-log.ts';

export async function unitDetail(reader: GraphReader, unit: Vertex): Promise<UnitDetail> {
  const { entries, isCut } = await unitLog(reader, unit.id);
  const { process, request, status, reason } = unit.properties;
  const [own] = process === undefined ? [] : await reader.vertices([String(process)]);
  const end = entries.reduce((latest, { last }) => (last > latest ? last : latest), unit.time);
  return {
    unit: vertexAnswer(unit),
    process: own === undefined ? null : vertexAnswer(own),
    request: request === undefined ? null : String(request),
    status: typeof status === 'number' ? status : null,
    reason: reason === undefined ? null : String(reason),
    end: formatTime(end),
    entries: entries.map((e) => ({ ...e, time: formatTime(e.time), last: formatTime(e.last) })),
    truncated: isCut,
  };
}
