/** Whether stores work here at all, and whether one of them can be read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../../core/graph-store.ts';
import { openStore } from '../../store/open-store.ts';
import { grouped, sizeText } from '../render/quantity.ts';
import { withReader } from '../with-reader.ts';
import type { Finding } from './finding.ts';

/** Makes a store, closes it and reads it: what a broken native addon or file system would not let pass. */
export async function addonCheck(): Promise<Finding> {
  const name = 'embedded store';
  const dir = mkdtempSync(join(tmpdir(), 'disprotrack-doctor-'));
  try {
    const store = await openStore(join(dir, 'store'), { mode: 'write' });
    await store.close();
    await withReader(join(dir, 'store'), (reader) => reader.counts());
    return { state: 'fine', name, text: `lmdb loads; a store was made and read in ${tmpdir()}` };
  } catch (error) {
    return { state: 'broken', name, text: sentence(error), fix: 'npm ci' };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function storeCheck(dir: string): Promise<Finding> {
  const name = 'this store';
  try {
    const { vertices, edges, bytesOnDisk } = await withReader(dir, (reader) => reader.counts());
    const size = `${grouped(vertices)} vertices, ${grouped(edges)} edges, ${sizeText(bytesOnDisk)}`;
    return { state: 'fine', name, text: `${dir}: ${size}` };
  } catch (error) {
    const fix = error instanceof StoreError && error.hint !== undefined ? error.hint : undefined;
    return { state: 'broken', name, text: sentence(error), ...(fix === undefined ? {} : { fix }) };
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
