/** Brings units into the graph: their vertices, and the edge from what their process held when they began. */
import type { Vertex } from '../graph-store.ts';
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
  const label = unitLabel(process, unit.id);
  unitVertex(parts, process, { id: unit.id, time: unit.start, label, properties: { reason: unit.reason } });
  parts.reduction.flow(process.id, unit.id, 'unit', unit.start, 0);
}

/** Of a unit that no line has named a request of. */
export function unitLabel(process: Process, unit: string): string {
  return `${process.comm} unit ${unit.slice(unit.lastIndexOf('#') + 1)}`;
}

export function unitVertex(
  { builder }: Pick<FoldParts, 'builder'>,
  process: Process,
  unit: Pick<Vertex, 'id' | 'time' | 'label' | 'properties'> & { readonly terms?: readonly string[] },
): void {
  const { id, time, label, terms = [], properties } = unit;
  const { host, container, pid, exe } = process;
  builder.vertex({
    ...{ id, kind: 'unit', label, host, container, time, terms },
    properties: { process: process.id, pid, exe, ...properties },
  });
}
