/** A vertex as a node's properties, and back. Those of its own stand beside the others behind a prefix. */
import type { Vertex } from '../../core/graph-store.ts';

const prefix = 'p_';

export function propertyRow(properties: Vertex['properties']): Record<string, string | number> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [prefix + name, value]));
}

/** By name, since a node keeps no order. */
export function vertexOf(node: Readonly<Record<string, unknown>>): Vertex {
  const own = Object.keys(node)
    .filter((name) => name.startsWith(prefix))
    .sort();
  return {
    id: node.id as string,
    kind: node.kind as Vertex['kind'],
    label: node.label as string,
    host: node.host as string,
    container: (node.container ?? undefined) as string | undefined,
    time: node.time as bigint,
    terms: node.terms as string[],
    properties: Object.fromEntries(
      own.map((name) => [name.slice(prefix.length), node[name] as string | number]),
    ),
  };
}
