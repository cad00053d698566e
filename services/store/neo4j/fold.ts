/**
 * One fold's half of the store: its commits, one after the other, each a transaction of graph, state and positions. A
 * commit counts only if it follows the one that this process saw last; so of two processes that both think that a fold
 * is theirs, one is told that it is not. It must not know the domain.
 */
import { randomUUID } from 'node:crypto';
import { type FoldStore, type GraphDelta, StoreError } from '../../core/graph-store.ts';
import type { Neo4jClient, Transaction } from './client.ts';
import { writeGraph } from './delta-write.ts';
import { appendState, readState } from './state-log.ts';

/** Takes the fold's lock for the transaction, and the next version if it is this one's turn. */
const takeTurn = `
MERGE (f:Fold {name: $name}) ON CREATE SET f.version = 0, f.commit = ''
SET f.locked = true
WITH f, f.version AS version, f.commit AS commit
SET f.version = CASE WHEN version = $seen THEN $seen + 1 ELSE version END,
  f.commit = CASE WHEN version = $seen THEN $commit ELSE commit END
RETURN version, commit`;

const writePositions = `
UNWIND $rows AS row
MERGE (p:Position {fold: $fold, stream: row.stream}) SET p.next = row.next`;

export class Neo4jFold implements FoldStore {
  readonly #client: Neo4jClient;
  readonly #name: string;
  /** Of the last commit that this process knows; undefined before the first look. */
  #version: bigint | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: Neo4jClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  apply(delta: GraphDelta): Promise<void> {
    const turn = this.#turn.then(() => this.#commit(delta));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async positions(): Promise<Map<string, bigint>> {
    const query = 'MATCH (p:Position {fold: $fold}) RETURN p.stream, p.next';
    const rows = await this.#client.write((t) => t.rows(query, { fold: this.#name }));
    return new Map(rows.map(([stream, next]) => [stream as string, BigInt(next as string)]));
  }

  /** What is committed from now on must follow what this gives. */
  async state(): Promise<Map<string, string>> {
    // From the leader: a replica may not have the last commit of a process that died.
    return await this.#client.write(async (t) => {
      this.#version = await this.#latest(t);
      return await readState(t, this.#name);
    });
  }

  async isCurrent(): Promise<boolean> {
    await this.#turn;
    return (
      this.#version !== undefined && this.#version === (await this.#client.write((t) => this.#latest(t)))
    );
  }

  async #latest(transaction: Transaction): Promise<bigint> {
    const [row] = await transaction.rows('MATCH (f:Fold {name: $name}) RETURN f.version', {
      name: this.#name,
    });
    return (row?.[0] as bigint | undefined) ?? 0n;
  }

  async #commit(delta: GraphDelta): Promise<void> {
    const commit = randomUUID();
    const seen = this.#version ?? (await this.#client.write((t) => this.#latest(t)));
    await this.#client.write(async (t) => {
      const [row] = await t.rows(takeTurn, { name: this.#name, seen, commit });
      const [version, last] = row as [bigint, string];
      // The answer to the commit got lost, and it is being tried again.
      if (version === seen + 1n && last === commit) return;
      if (version !== seen) throw this.#overtaken();
      await writeGraph(t, delta);
      const rows = [...delta.positions].map(([stream, next]) => ({ stream, next: String(next) }));
      if (rows.length > 0) await t.rows(writePositions, { fold: this.#name, rows });
      await appendState(t, this.#name, delta.state);
    });
    this.#version = seen + 1n;
  }

  #overtaken(): StoreError {
    const of = this.#name === '' ? '' : ` of ${this.#name}`;
    return new StoreError('overtaken', `another process went on with the fold${of} in ${this.#client.name}`, {
      hint: 'one import at a time',
    });
  }
}
