/**
 * The mark by which a folder is known to be a store, readable without opening any database.
 * Another version, newer or older, is refused: nothing in here guesses.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../../core/graph-store.ts';

export const FORMAT_NAME = 'disprotrack-store';
/**
 * 2: blocks are compressed, chunks say when they begin. 3: lines of logs are kept, and entries say where they stand.
 * 4: names and records of vertices are in smaller chunks, packed so that one is soon read.
 */
export const FORMAT_VERSION = 4;
export const DATA_FILE = 'data.mdb';
const FORMAT_FILE = 'FORMAT.json';
/** What the creation of a store may have left behind before its mark was written. */
const BEFORE_MARK = new Set([
  DATA_FILE,
  'lock.mdb',
  'writer.lock',
  'writer.lock-journal',
  'writer.json',
  `${FORMAT_FILE}.new`,
]);

/**
 * `ready`: a store that this version reads. `absent`: a folder that may become one (empty, or a creation cut short).
 * Throws StoreError `missing`, `not-a-store`, `newer-format`, `older-format`, `corrupt` or `io`.
 */
export function formatOf(dir: string): 'ready' | 'absent' {
  const names = list(dir);
  if (!names.includes(FORMAT_FILE)) {
    if (names.every((name) => BEFORE_MARK.has(name))) return 'absent';
    throw new StoreError('not-a-store', `${dir} is not a store: it has no ${FORMAT_FILE} and is not empty`, {
      hint: 'name an empty folder or one that does not exist yet',
    });
  }
  const mark = readMark(join(dir, FORMAT_FILE));
  if (mark.version > FORMAT_VERSION)
    throw new StoreError(
      'newer-format',
      `${dir} has format ${mark.version}; this version reads only ${FORMAT_VERSION}`,
      {
        hint: 'use the version of the program that wrote the store, or a newer one',
      },
    );
  if (mark.version < FORMAT_VERSION)
    throw new StoreError(
      'older-format',
      `${dir} has format ${mark.version}; this version reads only ${FORMAT_VERSION}`,
      { hint: 'import again into an empty folder' },
    );
  if (!existsSync(join(dir, DATA_FILE)))
    throw new StoreError('corrupt', `${dir} has lost its data file ${DATA_FILE}`, {
      hint: 'restore it from a copy',
    });
  return 'ready';
}

/** Makes the folder a store. Durable when it returns. */
export function writeFormat(dir: string): void {
  const file = join(dir, FORMAT_FILE);
  const handle = openSync(`${file}.new`, 'w');
  writeSync(handle, `${JSON.stringify({ format: FORMAT_NAME, version: FORMAT_VERSION })}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(`${file}.new`, file);
  const folder = openSync(dir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      throw new StoreError('missing', `there is no store at ${dir}`, {
        cause,
        hint: 'check the path, or import into it first',
      });
    if (code === 'ENOTDIR')
      throw new StoreError('not-a-store', `${dir} is a file, not a store folder`, { cause });
    throw new StoreError('io', `cannot read ${dir}`, { cause, hint: 'check the rights on the folder' });
  }
}

function readMark(file: string): { version: number } {
  let mark: { format?: unknown; version?: unknown };
  try {
    mark = JSON.parse(readFileSync(file, 'utf8')) as typeof mark;
  } catch (cause) {
    throw new StoreError('corrupt', `${file} cannot be read as the mark of a store`, { cause });
  }
  if (mark?.format !== FORMAT_NAME || typeof mark.version !== 'number')
    throw new StoreError('not-a-store', `${file} is not the mark of a DisProTrack store`);
  return { version: mark.version };
}
