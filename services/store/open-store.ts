/**
 * Opens the store that a folder holds. The one place that knows which kinds of store there are.
 */
import { mkdirSync } from 'node:fs';
import { type GraphReader, type GraphStore, StoreError } from '../core/graph-store.ts';
import { openDatabase, storeErrorFrom } from './embedded/database.ts';
import { formatOf, writeFormat } from './embedded/format.ts';
import { takeWriterLock } from './embedded/lock.ts';
import { readHead } from './embedded/manifest.ts';
import { EmbeddedReader } from './embedded/reader.ts';
import { EmbeddedStore, type WriterBounds } from './embedded/store.ts';

export interface StoreOptions extends Partial<WriterBounds> {
  /** `write` creates the folder where there is none; `read` never creates anything. */
  readonly mode: 'write' | 'read';
  /** Largest size of the data file. Only address space is taken beforehand. */
  readonly mapBytesMax?: number;
}

const DEFAULTS: WriterBounds & { mapBytesMax: number } = {
  cacheBytesMax: 128 << 20,
  idsMax: 1 << 20,
  tailEdgesMax: 250_000,
  tailBatchesMax: 512,
  commitEdgesMax: 50_000,
  mapBytesMax: 2 ** 38,
};

/**
 * Throws StoreError: `missing`, `not-a-store`, `newer-format`, `older-format`, `corrupt`, `locked` (writing), `io`.
 * Any number of processes may read while one writes.
 */
export async function openStore(dir: string, options: StoreOptions & { mode: 'write' }): Promise<GraphStore>;
export async function openStore(dir: string, options: StoreOptions & { mode: 'read' }): Promise<GraphReader>;
export async function openStore(dir: string, options: StoreOptions): Promise<GraphReader> {
  const bounds = { ...DEFAULTS, ...options };
  return options.mode === 'read' ? openReader(dir, bounds) : openWriter(dir, bounds);
}

type Bounds = typeof DEFAULTS;

function openReader(dir: string, bounds: Bounds): GraphReader {
  if (formatOf(dir) === 'absent')
    throw new StoreError('not-a-store', `${dir} holds no store yet`, {
      hint: 'import something into it first',
    });
  const database = openDatabase(dir, { readOnly: true, check: true, mapBytesMax: bounds.mapBytesMax });
  return new EmbeddedReader(database, bounds);
}

function openWriter(dir: string, bounds: Bounds): GraphStore {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new StoreError('not-a-store', `${dir} is a file, not a store folder`, { cause });
    throw new StoreError('io', `cannot create ${dir}`, {
      cause,
      hint: 'check the rights on the folder above',
    });
  }
  // A folder that is something else gets no lock file.
  formatOf(dir);
  const lock = takeWriterLock(dir);
  try {
    const format = formatOf(dir);
    const options = { readOnly: false, check: format === 'ready', mapBytesMax: bounds.mapBytesMax };
    const database = openDatabase(dir, options);
    if (format === 'absent') {
      if (readHead(database).batch > 0)
        throw new StoreError('not-a-store', `${dir} holds data but not the mark of a store`);
      writeFormat(dir);
    }
    return new EmbeddedStore(database, lock, bounds, options);
  } catch (cause) {
    lock.release();
    throw storeErrorFrom(dir, cause);
  }
}
