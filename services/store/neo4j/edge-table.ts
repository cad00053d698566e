/** Rows of edges into columns, in the order of the queries that they answer. It must not know how they were asked for. */
import type { EdgeColumns } from '../../core/graph-store.ts';
import type { Row } from './client.ts';

/** Rows: query · number of the far end · op · first · last · count · bytes. Of each query at most one beyond `limit`. */
export function edgeColumns(rows: Row[], limit: number): EdgeColumns {
  const at = (row: Row): number => row[0] as number;
  // A stable sort: within a query the database's order stays.
  rows.sort((a, b) => at(a) - at(b));
  const truncated: number[] = [];
  const kept: Row[] = [];
  let within = 0;
  for (const [i, row] of rows.entries()) {
    within = i > 0 && at(rows[i - 1]!) === at(row) ? within + 1 : 1;
    if (within <= limit) kept.push(row);
    else truncated.push(at(row));
  }
  const ops = [...new Set(kept.map((row) => row[2] as string))];
  const opNumbers = new Map(ops.map((op, number) => [op, number]));
  return {
    length: kept.length,
    query: Uint32Array.from(kept, at),
    other: Uint32Array.from(kept, (row) => Number(row[1])),
    op: Uint16Array.from(kept, (row) => opNumbers.get(row[2] as string)!),
    ops,
    first: BigInt64Array.from(kept, (row) => row[3] as bigint),
    last: BigInt64Array.from(kept, (row) => row[4] as bigint),
    count: Float64Array.from(kept, (row) => row[5] as number),
    bytes: Float64Array.from(kept, (row) => row[6] as number),
    truncated,
  };
}
