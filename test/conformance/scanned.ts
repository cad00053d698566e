/** What a store's scans say, put back into the words of `edgesInto` and `edgesOutOf`. */
import type { Edge, EdgeQuery, GraphReader } from '../../services/core/graph-store.ts';

export async function scanned(
  reader: GraphReader,
  side: 'into' | 'outOf',
  queries: readonly EdgeQuery[],
  limit: number,
): Promise<{ edges: Edge[]; truncated: string[] }> {
  const numbers = await reader.numbersOf(queries.map(({ vertex }) => vertex));
  const known = queries.filter((_, at) => numbers[at] !== undefined);
  const asked = queries.flatMap(({ since, until }, at) => {
    const vertex = numbers[at];
    return vertex === undefined ? [] : [{ vertex, since, until }];
  });
  const found = side === 'into' ? await reader.scanInto(asked, limit) : await reader.scanOutOf(asked, limit);
  const far = await reader.idsOf([...found.other.subarray(0, found.length)]);
  const edges = far.map((other, at): Edge => {
    const near = known[found.query[at]!]!.vertex;
    return {
      from: side === 'into' ? other : near,
      to: side === 'into' ? near : other,
      op: found.ops[found.op[at]!]!,
      first: found.first[at]!,
      last: found.last[at]!,
      count: found.count[at]!,
      bytes: found.bytes[at]!,
    };
  });
  return { edges, truncated: found.truncated.map((at) => known[at]!.vertex) };
}
