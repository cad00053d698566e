/**
 * Opens the store at a place: a folder, or the address of a Neo4j. The one place that knows which kinds there are.
 */
import { type GraphReader, type GraphStore, StoreError } from '../core/graph-store.ts';
import { openDatabase } from './embedded/database.ts';
import { formatOf } from './embedded/format.ts';
import { EmbeddedReader } from './embedded/reader.ts';
import { ReplacedReader } from './embedded/replaced-reader.ts';
import type { WriterBounds } from './embedded/store.ts';
import { isNeo4jAddress } from './neo4j/address.ts';

/** Bounds are those of a folder; a server has its own. */
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
  tailLineBytesMax: 16 << 20,
  commitEdgesMax: 50_000,
  mapBytesMax: 2 ** 38,
};

/**
 * Throws StoreError: `missing`, `not-a-store`, `newer-format`, `older-format`, `corrupt`, `locked` (writing), `io`, and of
 * a server `unavailable` and `refused`. Any number of processes may read while one writes.
 */
export async function openStore(
  place: string,
  options: StoreOptions & { mode: 'write' },
): Promise<GraphStore>;
export async function openStore(
  place: string,
  options: StoreOptions & { mode: 'read' },
): Promise<GraphReader>;
export async function openStore(place: string, options: StoreOptions): Promise<GraphReader> {
  const bounds = { ...DEFAULTS, ...options };
  // Only what is needed: a question should be answered at once.
  if (isNeo4jAddress(place)) {
    const { openNeo4j } = await import('./neo4j/open-neo4j.ts');
    return openNeo4j(place, options.mode);
  }
  if (options.mode === 'read') return openReader(place, bounds);
  const { openWriter } = await import('./embedded/open-writer.ts');
  return openWriter(place, bounds);
}

type Bounds = typeof DEFAULTS;

function openReader(dir: string, bounds: Bounds): GraphReader {
  if (formatOf(dir) === 'absent')
    throw new StoreError('not-a-store', `${dir} holds no store yet`, {
      hint: 'import something into it first',
    });
  const { mapBytesMax } = bounds;
  return new ReplacedReader(dir, () => {
    return new EmbeddedReader(openDatabase(dir, { readOnly: true, check: true, mapBytesMax }), bounds);
  });
}
