/**
 * What the store is measured against: the same library, one key for each edge and direction, one for each vertex
 * and term, ids as numbers, the same deltas, the same durable commits. Done with care: binary keys, binary values,
 * vertex numbers cached.
 */
import { open, type RootDatabase } from 'lmdb';
import type {
  Edge,
  EdgeColumns,
  GraphDelta,
  ScanQuery,
  VertexNumber,
} from '../../services/core/graph-store.ts';

export class KeyPerEdgeStore {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #tables: Record<
    'out' | 'in' | 'vertices' | 'names',
    ReturnType<RootDatabase<Buffer, Buffer>['openDB']>
  >;
  readonly #numbers = new Map<string, number>();
  #vertices = 0;
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
        const number = this.#vertices++;
        this.#numbers.set(vertex.id, number);
        const record = { ...vertex, number, time: String(vertex.time) };
        this.#tables.vertices.putSync(Buffer.from(vertex.id), Buffer.from(JSON.stringify(record)));
        for (const term of vertex.terms)
          this.#tables.names.putSync(Buffer.from(`${term}\0${number}`), NOTHING);
      }
      for (const edge of delta.edges) this.#put(edge);
    });
  }

  async numbersOf(ids: readonly string[]): Promise<(VertexNumber | undefined)[]> {
    return ids.map((id) => this.#numbers.get(id));
  }

  async scanInto(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    const found = new Columns(this.#ops, 16 + queries.length * 8);
    this.#root.resetReadTxn();
    for (const [at, { vertex, since, until }] of queries.entries()) {
      const earliest = since > TIME_MIN + this.#longest ? since - this.#longest : TIME_MIN;
      const range = {
        start: edgeKey(vertex, until, 0xffffffff, 0xffff),
        end: edgeKey(vertex, earliest, 0, 0),
      };
      let taken = 0;
      for (const { key, value } of this.#tables.in.getRange({ ...range, reverse: true })) {
        if ((value as Buffer).readBigInt64LE(0) <= since) continue;
        if (++taken > limit) {
          found.truncated.push(at);
          break;
        }
        found.append(at, key as Buffer, value as Buffer);
      }
    }
    return found;
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
}

class Columns implements EdgeColumns {
  readonly ops: readonly string[];
  readonly truncated: number[] = [];
  length = 0;
  query: Uint32Array;
  other: Uint32Array;
  op: Uint16Array;
  first: BigInt64Array;
  last: BigInt64Array;
  count: Float64Array;
  bytes: Float64Array;

  constructor(ops: readonly string[], capacity: number) {
    this.ops = ops;
    this.query = new Uint32Array(capacity);
    this.other = new Uint32Array(capacity);
    this.op = new Uint16Array(capacity);
    this.first = new BigInt64Array(capacity);
    this.last = new BigInt64Array(capacity);
    this.count = new Float64Array(capacity);
    this.bytes = new Float64Array(capacity);
  }

  append(query: number, key: Buffer, value: Buffer): void {
    if (this.length === this.query.length) this.#grow(this.length * 2);
    const at = this.length++;
    this.query[at] = query;
    this.other[at] = key.readUInt32BE(12);
    this.op[at] = key.readUInt16BE(16);
    this.first[at] = key.readBigUInt64BE(4) - 2n ** 63n;
    this.last[at] = value.readBigInt64LE(0);
    this.count[at] = value.readUInt32LE(8);
    this.bytes[at] = value.readDoubleLE(12);
  }

  #grow(capacity: number): void {
    const larger = new Columns(this.ops, capacity);
    for (const name of ['query', 'other', 'op', 'count', 'bytes'] as const) larger[name].set(this[name]);
    for (const name of ['first', 'last'] as const) larger[name].set(this[name]);
    const { query, other, op, first, last, count, bytes } = larger;
    Object.assign(this, { query, other, op, first, last, count, bytes });
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
