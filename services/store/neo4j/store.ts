/**
 * The port over a Neo4j. Several processes may write to it at once: each fold is a row of its own that one of them has
 * at a time. It must not know the domain.
 */
import type { FoldStore, GraphDelta, GraphStore, Removed } from '../../core/graph-store.ts';
import type { Neo4jClient } from './client.ts';
import { Neo4jFold } from './fold.ts';
import { Neo4jReader } from './reader.ts';
import { retain } from './retention.ts';

/** Whoever folds no one host: an import. */
const common = '';

export class Neo4jStore extends Neo4jReader implements GraphStore {
  readonly #folds = new Map<string, Neo4jFold>();

  constructor(client: Neo4jClient) {
    super(client);
  }

  apply(delta: GraphDelta): Promise<void> {
    return this.#fold(common).apply(delta);
  }

  state(): Promise<Map<string, string>> {
    return this.#fold(common).state();
  }

  isCurrent(): Promise<boolean> {
    return this.#fold(common).isCurrent();
  }

  /** Of a stream that several folds read, the furthest. */
  async positions(): Promise<Map<string, bigint>> {
    const rows = await this.client.write((t) => t.rows('MATCH (p:Position) RETURN p.stream, p.next'));
    const furthest = new Map<string, bigint>();
    for (const [stream, text] of rows as unknown as [string, string][]) {
      const next = BigInt(text);
      if (next > (furthest.get(stream) ?? -1n)) furthest.set(stream, next);
    }
    return furthest;
  }

  foldOf(host: string): FoldStore {
    return this.#fold(`host ${host}`);
  }

  retain(since: bigint): Promise<Removed> {
    return retain(this.client, since);
  }

  #fold(name: string): Neo4jFold {
    let fold = this.#folds.get(name);
    if (fold === undefined) {
      fold = new Neo4jFold(this.client, name);
      this.#folds.set(name, fold);
    }
    return fold;
  }
}
