/** Opens a folder for the one writer that it may have, and makes it a store where it is none. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type GraphStore, StoreError } from '../../core/graph-store.ts';
import { openDatabase, storeErrorFrom } from './database.ts';
import { formatOf, writeFormat } from './format.ts';
import { takeWriterLock } from './lock.ts';
import { readHead } from './manifest.ts';
import { RetainingStore } from './retaining-store.ts';
import { EmbeddedStore, type WriterBounds } from './store.ts';

type Bounds = WriterBounds & { mapBytesMax: number };

/** Creates the folder where there is none. Throws StoreError: see `openStore`. */
export function openWriter(dir: string, bounds: Bounds): GraphStore {
  return new RetainingStore(dir, (at) => openEmbedded(at, bounds));
}

function openEmbedded(dir: string, bounds: Bounds): EmbeddedStore {
  try {
    makeFolder(resolve(dir));
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

/** One by one: Node's own way tries for ever where a file system makes no folders, such as /proc. */
function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolder(parent);
  try {
    mkdirSync(dir);
  } catch (cause) {
    // Another process may have been quicker.
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}
