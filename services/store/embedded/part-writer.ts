/**
 * Puts the chunks of a new part into the database a few megabytes at a time, each in a transaction of its own.
 * Nothing refers to them until the manifest does; what a crash leaves is swept when the store is next opened for
 * writing. Must not know what the chunks contain.
 */
import { type Database, pairKey, putValue } from './database.ts';
import type { Manifest } from './manifest.ts';

/** Bytes that wait in memory for one transaction. */
const PENDING_BYTES_MAX = 4 << 20;

export class PartWriter {
  readonly part: number;
  readonly #database: Database;
  #pending: [number, Uint8Array][] = [];
  #bytes = 0;

  constructor(database: Database, part: number) {
    this.#database = database;
    this.part = part;
  }

  put(at: number, chunk: Uint8Array): void {
    this.#pending.push([at, chunk]);
    this.#bytes += chunk.length;
    if (this.#bytes >= PENDING_BYTES_MAX) this.#database.root.transactionSync(() => this.putPending());
  }

  /** The rest, inside the caller's transaction. */
  putPending(): void {
    for (const [at, chunk] of this.#pending) putValue(this.#database.chunks, pairKey(this.part, at), chunk);
    this.#pending = [];
    this.#bytes = 0;
  }
}

/** Removes the chunks of parts that the manifest does not name. Returns the number of parts removed. */
export function sweepParts(database: Database, manifest: Manifest): number {
  const named = new Set<number>();
  for (const run of manifest.edgeRuns) for (const part of run.parts) named.add(part.id);
  for (const run of manifest.keyRuns) named.add(run.id);
  let swept = 0;
  let from = 0;
  for (;;) {
    const [key] = [...database.chunks.getKeys({ start: pairKey(from, 0), limit: 1 })] as Uint8Array[];
    if (key === undefined) return swept;
    const part = Buffer.from(key).readUInt32BE(0);
    if (!named.has(part)) {
      const keys = [...database.chunks.getKeys({ start: pairKey(part, 0), end: pairKey(part + 1, 0) })];
      database.root.transactionSync(() => {
        for (const orphan of keys) database.chunks.removeSync(orphan);
      });
      swept++;
    }
    from = part + 1;
  }
}
