/**
 * The lmdb environment: named tables, checksummed values, failures as StoreError.
 * LMDB gives the transactions: copy on write, data synced before the root that names it, so that a commit is
 * whole or absent. It has no checksums, so every value here carries one.
 * Must not know what values mean.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Database as Lmdb, open, type RootDatabase } from 'lmdb';
import { StoreError } from '../../core/graph-store.ts';
import { DATA_FILE } from './format.ts';
import { pageDamage } from './page-check.ts';

/** What to do about a damaged store. */
export const REPAIR = 'restore the folder from a copy, or import again into an empty one';

export type Table = Lmdb<Buffer, string | number | Uint8Array>;

export interface Database {
  readonly dir: string;
  /** Small documents: head, manifest, op names. */
  readonly meta: Table;
  readonly state: Table;
  readonly positions: Table;
  readonly gaps: Table;
  /** Batch number → the batch, until it is in segments. */
  readonly blocks: Table;
  /** (part, chunk) → packed chunk. */
  readonly chunks: Table;
  /** Bucket of hashes of vertex ids → numbers that may have them. */
  readonly ids: Table;
  /** Chunk of vertex numbers → their ids, and → the rest of their records. */
  readonly names: Table;
  readonly records: Table;
  /** Number of a line run → what it is, and → its lines. */
  readonly lineRuns: Table;
  readonly lines: Table;
  readonly root: RootDatabase<Buffer, string>;
}

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** Whether to look for damage first: not for a file that is only now made, nor for one that is already open. */
  readonly check: boolean;
  /** Address space for the data file, and so its largest size. */
  readonly mapBytesMax: number;
}

export function openDatabase(dir: string, options: DatabaseOptions): Database {
  return guarded(dir, () => {
    const damage = options.check ? pageDamage(join(dir, DATA_FILE)) : undefined;
    if (damage !== undefined)
      throw new StoreError('corrupt', `the store ${dir} is damaged: ${damage}`, { hint: REPAIR });
    const root = open<Buffer, string>({
      path: dir,
      noSubdir: false,
      readOnly: options.readOnly,
      encoding: 'binary',
      // Plain LMDB durability: a commit returns after its pages and then its root are on disk.
      overlappingSync: false,
      mapSize: options.mapBytesMax,
      maxDbs: 16,
      maxReaders: 512,
    });
    // In one transaction: a new file takes one commit, and not one for each table.
    const tables = options.readOnly ? tablesOf(root) : root.transactionSync(() => tablesOf(root));
    return { dir, root, ...tables };
  });
}

function tablesOf(root: RootDatabase<Buffer, string>): Omit<Database, 'dir' | 'root'> {
  const table = (name: string, keyEncoding?: 'uint32' | 'binary') =>
    root.openDB<Buffer, string | number | Uint8Array>({
      name,
      encoding: 'binary',
      ...(keyEncoding === undefined ? {} : { keyEncoding }),
    });
  return {
    meta: table('meta'),
    state: table('state', 'binary'),
    positions: table('positions', 'binary'),
    gaps: table('gaps', 'binary'),
    blocks: table('blocks', 'uint32'),
    chunks: table('chunks', 'binary'),
    ids: table('ids', 'uint32'),
    names: table('names', 'uint32'),
    records: table('records', 'uint32'),
    lineRuns: table('lineRuns', 'uint32'),
    lines: table('lines', 'uint32'),
  };
}

/** The value without its checksum, in memory of its own. Throws StoreError `corrupt` when it does not match. */
export function getValue(
  database: Database,
  table: Table,
  key: string | number | Uint8Array,
): Buffer | undefined {
  const stored = table.getBinary(key);
  return stored === undefined ? undefined : verified(database, stored);
}

/** As `getValue`, in memory that the next call may use for another value: for who is done with it at once. */
export function glanceAt(database: Database, table: Table, key: number | Uint8Array): Buffer | undefined {
  const stored = table.getBinaryFast(key);
  // The database's own buffer, of which only its size is this value's.
  return stored === undefined ? undefined : verified(database, stored.subarray(0, stored.length));
}

export function verified(database: Database, stored: Buffer): Buffer {
  const size = stored.length - 4;
  if (size < 0 || crc32(stored.subarray(0, size)) !== stored.readUInt32LE(size))
    throw new StoreError(
      'corrupt',
      `the store ${database.dir} is damaged: a block does not match its checksum`,
      {
        hint: REPAIR,
      },
    );
  return stored.subarray(0, size);
}

/** Only inside a transaction. */
export function putValue(table: Table, key: string | number | Uint8Array, value: Uint8Array): void {
  const stored = Buffer.allocUnsafe(value.length + 4);
  stored.set(value);
  stored.writeUInt32LE(crc32(value), value.length);
  table.putSync(key, stored);
}

/** A number pair as a key that sorts by the first and then the second. */
export function pairKey(high: number, low: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(high, 0);
  key.writeUInt32BE(low, 4);
  return key;
}

const keyEncodings = ['utf8', 'utf16le'] as const;

/** Any text as a key: as text, the database takes one with a NUL in it for several. */
export function textKey(text: string): Buffer {
  const encoding = text.isWellFormed() ? 0 : 1;
  return Buffer.concat([Buffer.of(encoding), Buffer.from(text, keyEncodings[encoding])]);
}

export function textOfKey(key: unknown): string {
  const bytes = Buffer.from(key as Uint8Array);
  return bytes.toString(keyEncodings[bytes[0]!], 1);
}

/** Runs `action`, with what the database throws turned into a StoreError. */
export function guarded<T>(dir: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw storeErrorFrom(dir, cause);
  }
}

export function storeErrorFrom(dir: string, cause: unknown): Error {
  // A programmer's mistake is not an operational failure.
  if (cause instanceof StoreError || cause instanceof TypeError || cause instanceof RangeError) return cause;
  const text = String((cause as Error)?.message ?? cause);
  if (
    /MDB_(CORRUPTED|INVALID|PAGE_NOTFOUND|PANIC|VERSION_MISMATCH|BAD_)|not an LMDB file|Database not found/i.test(
      text,
    )
  )
    return new StoreError('corrupt', `the store ${dir} is damaged: ${text}`, {
      cause,
      hint: REPAIR,
    });
  const full = /MAP_FULL|ENOSPC|No space/i.test(text);
  return new StoreError('io', `the store ${dir} failed: ${text}`, {
    cause,
    hint: full
      ? 'free space on the disk or raise mapBytesMax'
      : 'is the disk full? check it, and the rights on the folder',
  });
}
