/** Brings units into the graph: their vertices, and the edge from what their process held when they began. */
import { confidenceOf, type Unit } from '../unit/unit.ts';
import type { UnitPartition } from '../unit/unit-partition.ts';
import type { FlowContext, FoldParts } from './flow/flow-context.ts';
import type { Process } from './process-table.ts';

/** By the call at hand. */
export function beginUnit(
  c: FlowContext,
  fields: Omit<Parameters<UnitPartition['begin']>[1], 'thread'>,
): Unit {
  const unit = c.parts.units.begin(c.process.id, { ...fields, thread: c.thread }, c.time);
  unitBegan(c.parts, c.process, unit);
  return unit;
}

/** Upserts the unit's vertex and its state edge. */
export function unitBegan(parts: FoldParts, process: Process, unit: Unit): void {
  toldUnit(parts, process, unit);
  parts.reduction.once(process.id, unit.id, 'unit', unit.start);
}

/** Upserts the vertex of an open unit with what is known of it now. */
export function toldUnit(parts: FoldParts, process: Process, unit: Unit): void {
  const label = unit.label ?? `${process.comm} unit ${unit.ordinal}`;
  const { reason, thread } = unit;
  const told = { reason, confidence: confidenceOf(unit), ...(thread === 0 ? {} : { thread }) };
  unitVertex(parts, process, unit.id, unit.start, label, told);
}

export function unitVertex(
  { builder }: Pick<FoldParts, 'builder'>,
  process: Process,
  id: string,
  time: bigint,
  label: string,
  told: Readonly<Record<string, string | number>>,
): void {
  builder.vertex({
    id,
    kind: 'unit',
    label,
    host: process.host,
    container: process.container,
    time,
    terms: [],
    properties: { process: process.id, pid: process.pid, exe: process.exe, ...told },
  });
}
