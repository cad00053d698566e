/**
 * Puts what a store answers into the reference's time while a trace runs. An edge is stamped by the host of the process
 * or unit at one of its ends; a connection's edges by two. It must not know which way a trace goes further.
 */
import type { EdgeColumns, GraphReader, ScanQuery, VertexNumber } from '../../graph-store.ts';
import { hostOf } from '../../upg/identity.ts';
import type { HostClocks } from './host-clocks.ts';

/** Columns whose times are the reference's; `slack` by row, left out where no clock is estimated. */
export interface ReferencedColumns extends EdgeColumns {
  readonly slack?: BigInt64Array;
}

interface Owner {
  readonly host: string | undefined;
  readonly isConnection: boolean;
}

const idsOfCall_max = 2_048;
const rounding_ns = 1_000n;

export class EdgeClock {
  readonly #reader: GraphReader;
  readonly #clocks: HostClocks;
  readonly #owners = new Map<VertexNumber, Owner>();
  /** Of what two hosts stamped. */
  readonly #slack: bigint;

  constructor(reader: GraphReader, clocks: HostClocks) {
    this.#reader = reader;
    this.#clocks = clocks;
    this.#slack = clocks.all.map(({ host }) => clocks.errorOf(host)).reduce(greatest, 0n);
  }

  /** Before they are asked about. */
  async learn(numbers: readonly VertexNumber[]): Promise<void> {
    if (this.#clocks.isTrivial) return;
    const fresh = [...new Set(numbers.filter((number) => !this.#owners.has(number)))];
    for (let at = 0; at < fresh.length; at += idsOfCall_max) {
      const part = fresh.slice(at, at + idsOfCall_max);
      const ids = await this.#reader.idsOf(part);
      for (const [i, number] of part.entries()) {
        const id = ids[i]!;
        this.#owners.set(number, { host: hostOf(id), isConnection: id.startsWith('socket:') });
      }
    }
  }

  /** As the store is asked: of a connection, in the time of every host, the range that holds them all. */
  query(query: ScanQuery): ScanQuery {
    if (this.#clocks.isTrivial) return query;
    const { host, isConnection } = this.#owners.get(query.vertex)!;
    const hosts = isConnection ? this.#clocks.all.map((clock) => clock.host) : [host];
    // More is asked for than answers: what does not is left out once its time is known.
    const slack = rounding_ns + (isConnection ? this.#slack : 0n);
    const since = hosts.map((h) => this.#clocks.fromReference(h, query.since)).reduce(least);
    const until = hosts.map((h) => this.#clocks.fromReference(h, query.until)).reduce(greatest);
    return {
      ...query,
      since: since > 0n ? since - slack : since,
      until: until < 1n << 62n ? until + slack : until,
    };
  }

  /** Without the rows that turn out not to answer a query: `times` are those the queries are for. */
  async referenced(
    found: EdgeColumns,
    queries: readonly ScanQuery[],
    times: readonly bigint[],
    isBackward: boolean,
  ): Promise<ReferencedColumns> {
    if (this.#clocks.isTrivial) return found;
    await this.learn([...found.other.subarray(0, found.length)]);
    const rows: number[] = [];
    const first = new BigInt64Array(found.length);
    const last = new BigInt64Array(found.length);
    const slack = new BigInt64Array(found.length);
    for (let row = 0; row < found.length; row++) {
      const near = this.#owners.get(queries[found.query[row]!]!.vertex)!;
      const far = this.#owners.get(found.other[row]!)!;
      const host = near.host ?? far.host;
      const at = rows.length;
      first[at] = this.#clocks.toReference(host, found.first[row]!);
      last[at] = this.#clocks.toReference(host, found.last[row]!);
      // Within one host the order is the host's own.
      slack[at] = near.isConnection ? this.#slack : 0n;
      const time = times[found.query[row]!]!;
      const isInTime = isBackward ? first[at]! - slack[at]! <= time : last[at]! + slack[at]! >= time;
      if (isInTime) rows.push(row);
    }
    return { ...picked(found, rows), first, last, slack };
  }
}

function picked(found: EdgeColumns, rows: readonly number[]): Omit<EdgeColumns, 'first' | 'last'> {
  return {
    ops: found.ops,
    truncated: found.truncated,
    length: rows.length,
    query: Uint32Array.from(rows, (row) => found.query[row]!),
    other: Uint32Array.from(rows, (row) => found.other[row]!),
    op: Uint16Array.from(rows, (row) => found.op[row]!),
    count: Float64Array.from(rows, (row) => found.count[row]!),
    bytes: Float64Array.from(rows, (row) => found.bytes[row]!),
  };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
