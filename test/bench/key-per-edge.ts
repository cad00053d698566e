/**
 * What the store is measured against: the same library, one key for each edge and direction, one for each vertex
 * and term, ids as numbers, the same deltas, the same durable commits. Done with care: binary keys, binary values,
 * vertex numbers cached.
 */
import { open, type RootDatabase } from 'lmdb';
import type { Edge, EdgeQuery, GraphDelta } from '../../services/core/graph-store.ts';

export class KeyPerEdgeStore {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #tables: Record<
    'out' | 'in' | 'vertices' | 'names',
    ReturnType<RootDatabase<Buffer, Buffer>['openDB']>
  >;
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #ops: string[] = [];
  readonly #opNumbers = new Map<string, number>();
  /** ns; longest edge so far. Nothing that began longer before `since` can reach it, so that a hub is not read to its start. */
  #longest = 0n;

  constructor(dir: string) {
    this.#root = open<Buffer, Buffer>({
      path: dir,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      mapSize: 2 ** 36,
      noSubdir: false,
    });
    const table = (name: string) => this.#root.openDB({ name, encoding: 'binary', keyEncoding: 'binary' });
    this.#tables = { out: table('out'), in: table('in'), vertices: table('vertices'), names: table('names') };
  }

  async apply(delta: GraphDelta): Promise<void> {
    this.#root.transactionSync(() => {
      for (const vertex of delta.vertices) {
        const number = this.#ids.push(vertex.id) - 1;
        this.#numbers.set(vertex.id, number);
        const record = { ...vertex, number, time: String(vertex.time) };
        this.#tables.vertices.putSync(Buffer.from(vertex.id), Buffer.from(JSON.stringify(record)));
        for (const term of vertex.terms)
          this.#tables.names.putSync(Buffer.from(`${term}\0${number}`), NOTHING);
      }
      for (const edge of delta.edges) this.#put(edge);
    });
  }

  async edgesInto(
    queries: readonly EdgeQuery[],
    limit: number,
  ): Promise<{ edges: Edge[]; truncated: string[] }> {
    const edges: Edge[] = [];
    const truncated: string[] = [];
    this.#root.resetReadTxn();
    for (const query of queries) {
      const number = this.#numbers.get(query.vertex);
      if (number === undefined) continue;
      const earliest = query.since > TIME_MIN + this.#longest ? query.since - this.#longest : TIME_MIN;
      const range = {
        start: edgeKey(number, query.until, 0xffffffff, 0xffff),
        end: edgeKey(number, earliest, 0, 0),
      };
      let taken = 0;
      for (const { key, value } of this.#tables.in.getRange({ ...range, reverse: true })) {
        const edge = this.#edge(query.vertex, key as Buffer, value as Buffer);
        if (edge.last <= query.since) continue;
        if (++taken > limit) {
          truncated.push(query.vertex);
          break;
        }
        edges.push(edge);
      }
    }
    return { edges, truncated };
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #put(edge: Edge): void {
    if (edge.last - edge.first > this.#longest) this.#longest = edge.last - edge.first;
    const from = this.#numbers.get(edge.from)!;
    const to = this.#numbers.get(edge.to)!;
    let op = this.#opNumbers.get(edge.op);
    if (op === undefined) {
      op = this.#ops.push(edge.op) - 1;
      this.#opNumbers.set(edge.op, op);
    }
    const value = Buffer.allocUnsafe(20);
    value.writeBigInt64LE(edge.last, 0);
    value.writeUInt32LE(edge.count, 8);
    value.writeDoubleLE(edge.bytes, 12);
    this.#tables.out.putSync(edgeKey(from, edge.first, to, op), value);
    this.#tables.in.putSync(edgeKey(to, edge.first, from, op), value);
  }

  #edge(to: string, key: Buffer, value: Buffer): Edge {
    return {
      from: this.#ids[key.readUInt32BE(12)]!,
      to,
      op: this.#ops[key.readUInt16BE(16)]!,
      first: key.readBigUInt64BE(4) - 2n ** 63n,
      last: value.readBigInt64LE(0),
      count: value.readUInt32LE(8),
      bytes: value.readDoubleLE(12),
    };
  }
}

const TIME_MIN = -(2n ** 63n);
const NOTHING = Buffer.alloc(1);

function edgeKey(vertex: number, first: bigint, other: number, op: number): Buffer {
  const key = Buffer.allocUnsafe(18);
  key.writeUInt32BE(vertex, 0);
  key.writeBigUInt64BE(first + 2n ** 63n, 4);
  key.writeUInt32BE(other, 12);
  key.writeUInt16BE(op, 16);
  return key;
}
