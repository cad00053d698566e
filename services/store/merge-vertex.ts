/** How a later version of a vertex joins an earlier one. Must not know where either is stored. */
import type { Vertex } from '../core/graph-store.ts';

/**
 * Label, container and properties of the later version win (a container that the later does not know stays),
 * terms are united, the time is the earlier. Returns `earlier` itself when nothing changes.
 */
export function mergedVertex(earlier: Vertex, later: Vertex): Vertex {
  const container = later.container ?? earlier.container;
  let { time } = earlier;
  if (later.time < time) time = later.time;
  const fresh = later.terms.filter((term) => !earlier.terms.includes(term));
  const changed = Object.entries(later.properties).some(
    ([name, value]) => earlier.properties[name] !== value,
  );
  if (
    container === earlier.container &&
    time === earlier.time &&
    fresh.length === 0 &&
    !changed &&
    later.label === earlier.label &&
    later.kind === earlier.kind &&
    later.host === earlier.host
  )
    return earlier;
  return {
    id: earlier.id,
    kind: later.kind,
    label: later.label,
    host: later.host,
    container,
    time,
    terms: [...earlier.terms, ...new Set(fresh)],
    properties: { ...earlier.properties, ...later.properties },
  };
}
