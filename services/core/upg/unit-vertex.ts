/** Brings units into the graph: their vertices, and the edge from what their process held when they began. */
import type { Unit } from '../unit/unit-partition.ts';
import type { FlowContext, FoldParts } from './flow/flow-context.ts';
import type { Process } from './process-table.ts';

export function beginUnit(c: FlowContext, connection: string | undefined, reason: Unit['reason']): Unit {
  const unit = c.parts.units.begin(c.process.id, connection, reason, c.time);
  unitBegan(c.parts, c.process, unit);
  return unit;
}

/** Upserts the unit's vertex and its state edge. */
export function unitBegan(parts: FoldParts, process: Process, unit: Unit): void {
  unitVertex(parts, process, unit.id, unit.start, `${process.comm} unit ${unit.ordinal}`, unit.reason);
  parts.reduction.flow(process.id, unit.id, 'unit', unit.start, 0);
}

export function unitVertex(
  parts: FoldParts,
  process: Process,
  id: string,
  time: bigint,
  label: string,
  reason: string | undefined,
): void {
  parts.builder.vertex({
    id,
    kind: 'unit',
    label,
    host: process.host,
    container: process.container,
    time,
    terms: [],
    properties: {
      process: process.id,
      pid: process.pid,
      exe: process.exe,
      ...(reason === undefined ? {} : { reason }),
    },
  });
}
