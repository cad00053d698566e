/** The graph of a store as it would be without units: what a unit did, its process did. */
import type { Edge, GraphDelta, TemplateUse, Vertex } from '../../../services/core/graph-store.ts';

export function withoutUnits(
  vertices: readonly Vertex[],
  edges: readonly Edge[],
  uses: readonly TemplateUse[] = [],
): GraphDelta {
  const processOf = new Map(
    vertices
      .filter(({ kind }) => kind === 'unit')
      .map(({ id, properties }) => [id, String(properties.process)]),
  );
  const actor = (id: string): string => processOf.get(id) ?? id;
  return {
    uses: uses.map((use) => ({ ...use, emitter: actor(use.emitter), place: undefined })),
    lines: [],
    gaps: [],
    state: new Map(),
    positions: new Map(),
    vertices: vertices.filter(({ id }) => !processOf.has(id)),
    edges: edges
      .filter(({ op }) => op !== 'unit')
      .map((edge) => ({ ...edge, from: actor(edge.from), to: actor(edge.to) })),
  };
}
