/** The vertex that a path names. */
import type { GraphReader, Vertex } from '../../core/graph-store.ts';

/** Answered as 404 by the one place that turns errors into answers. */
class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly statusCode = 404;
}

/** Throws NotFound where there is none. */
export async function knownVertex(reader: GraphReader, id: string): Promise<Vertex> {
  const [vertex] = await reader.vertices([id]);
  if (vertex === undefined) throw new NotFound(`no vertex ${id}`);
  return vertex;
}
