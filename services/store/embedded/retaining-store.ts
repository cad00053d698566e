/**
 * The one writer of a folder, which now and then makes it anew with what is to stay. Writing waits meanwhile; reading goes
 * on, from the old files until the new ones are there. It must not know how long anything stays.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FoldStore, GraphDelta, GraphStore, Removed } from '../../core/graph-store.ts';
import { DATA_FILE } from './format.ts';
import { ReplacedReader } from './replaced-reader.ts';
import { rewrite } from './rewrite.ts';
import type { EmbeddedStore } from './store.ts';

const coming = 'coming';
const lockFile = 'lock.mdb';

export class RetainingStore extends ReplacedReader<EmbeddedStore> implements GraphStore {
  readonly #openAt: (dir: string) => EmbeddedStore;
  /** Writes begin when it is over. */
  #retention: Promise<unknown> = Promise.resolve();
  readonly #writes = new Set<Promise<void>>();

  constructor(dir: string, openAt: (dir: string) => EmbeddedStore) {
    const open = (): EmbeddedStore => openAt(dir);
    super(dir, open);
    this.#openAt = openAt;
    // What a process that died was making.
    rmSync(join(dir, coming), { recursive: true, force: true });
  }

  async apply(delta: GraphDelta): Promise<void> {
    await this.#retention;
    const write = this.reader.apply(delta);
    this.#writes.add(write);
    try {
      await write;
    } finally {
      this.#writes.delete(write);
    }
  }

  async positions(): Promise<Map<string, bigint>> {
    await this.#retention;
    return this.reader.positions();
  }

  async state(): Promise<Map<string, string>> {
    await this.#retention;
    return this.reader.state();
  }

  /** There is one writer. */
  async isCurrent(): Promise<boolean> {
    return true;
  }

  foldOf(): FoldStore {
    return this;
  }

  /** Indexes all batches and merges all that is due. Queries need no such call; measurements do. */
  async settle(): Promise<void> {
    await this.reader.settle();
  }

  retain(since: bigint): Promise<Removed> {
    const retention = this.#retention.then(() => this.#retain(since));
    this.#retention = retention.catch(() => {});
    return retention;
  }

  override async close(): Promise<void> {
    await this.#retention;
    await super.close();
  }

  async #retain(since: bigint): Promise<Removed> {
    await Promise.allSettled(this.#writes);
    const made = join(this.dir, coming);
    rmSync(made, { recursive: true, force: true });
    const next = this.#openAt(made);
    let removed: Removed;
    try {
      removed = await rewrite(this.reader, next, since);
      await next.settle();
    } finally {
      await next.close();
    }
    await this.reader.close();
    // A lock that is of other data must not be used with these: it goes first.
    for (const file of [lockFile, DATA_FILE]) renameSync(join(made, file), join(this.dir, file));
    rmSync(made, { recursive: true, force: true });
    this.replace(this.#openAt(this.dir));
    return removed;
  }
}
