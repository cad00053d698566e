/** Brings units into the graph: their vertices, and the edge from what their process held when they began. */
import type { Vertex } from '../graph-store.ts';
import { confidenceOf, type Unit } from '../unit/unit.ts';
import type { UnitPartition } from '../unit/unit-partition.ts';
import type { FlowContext, FoldParts } from './flow/flow-context.ts';
import type { Process } from './process-table.ts';
import { processVertex } from './process-vertex.ts';

/** What a line says of the unit that printed it. */
export type Sayings = Pick<Vertex, 'terms' | 'properties'>;

const nothingSaid: Sayings = { terms: [], properties: {} };

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
export function unitBegan(parts: FoldParts, process: Process, unit: Unit, sayings = nothingSaid): void {
  if (process.served === undefined) {
    process.served = unit.start;
    parts.processes.touch(process);
    processVertex(parts, process, process.start);
  }
  toldUnit(parts, process, unit, sayings);
  parts.reduction.once(process.id, unit.id, 'unit', unit.start);
}

/** Upserts the vertex of an open unit with what is known of it now. */
export function toldUnit(parts: FoldParts, process: Process, unit: Unit, sayings = nothingSaid): void {
  const { id, start: time, reason, thread } = unit;
  const label = unit.label ?? unitLabel(process, id);
  const known = { reason, confidence: confidenceOf(unit), ...(thread === 0 ? {} : { thread }) };
  const { terms, properties } = sayings;
  unitVertex(parts, process, { id, time, label, terms, properties: { ...known, ...properties } });
}

/** Of a unit that no line has named a request of. */
export function unitLabel(process: Process, unit: string): string {
  return `${process.comm} unit ${unit.slice(unit.lastIndexOf('#') + 1)}`;
}

export function unitVertex(
  { builder }: Pick<FoldParts, 'builder'>,
  process: Process,
  unit: Pick<Vertex, 'id' | 'time' | 'label' | 'terms' | 'properties'>,
): void {
  const { id, time, label, terms, properties } = unit;
  const { host, container, pid, exe } = process;
  builder.vertex({
    ...{ id, kind: 'unit', label, host, container, time, terms },
    properties: { process: process.id, pid, exe, ...properties },
  });
}
