/**
 * From ids to numbers, on disk: hashes in buckets of some sixteen. Hashes come in no order, so that each flush
 * rewrites nearly all of what it adds to; and so the buckets that are added to are only those of the newest numbers,
 * and small. Numbers are dense, which says how many buckets each generation of them wants.
 * Must not know ids beyond their hash: whoever asks compares them.
 */
import { type Database, getValue, putValue } from './database.ts';

/** Generation g holds numbers below 4^g times this. */
const FIRST_GENERATION = 1 << 18;
const FIRST_BITS = 14;
/** u32 rest of the hash · u32 number. */
const ENTRY_BYTES = 8;

/** 64 bits, as two words. */
export interface IdHash {
  readonly high: number;
  readonly low: number;
}

/** Numbers below `vertices` whose ids may have this hash. */
export function candidatesOf(database: Database, hash: IdHash, vertices: number): number[] {
  const found: number[] = [];
  for (let generation = 0; generation === 0 || generationStart(generation) < vertices; generation++) {
    const bucket = getValue(database, database.ids, bucketKey(hash, generation));
    for (let at = 0; bucket !== undefined && at < bucket.length; at += ENTRY_BYTES)
      if (bucket.readUInt32LE(at) === hash.low) found.push(bucket.readUInt32LE(at + 4));
  }
  return found;
}

/** Only inside a transaction. The numbers are new. */
export function addNumbers(database: Database, fresh: readonly (readonly [IdHash, number])[]): void {
  const buckets = new Map<number, Buffer[]>();
  for (const [hash, number] of fresh) {
    const key = bucketKey(hash, generationOf(number));
    const entry = Buffer.allocUnsafe(ENTRY_BYTES);
    entry.writeUInt32LE(hash.low, 0);
    entry.writeUInt32LE(number, 4);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [entry]);
    else bucket.push(entry);
  }
  for (const [key, entries] of [...buckets].sort((a, b) => a[0] - b[0])) {
    const before = getValue(database, database.ids, key) ?? Buffer.alloc(0);
    putValue(database.ids, key, Buffer.concat([before, ...entries]));
  }
}

/** Two rounds in the manner of cyrb53. */
export function hashOf(id: string): IdHash {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return { high: a >>> 0, low: b >>> 0 };
}

function generationOf(number: number): number {
  let generation = 0;
  while (number >= generationStart(generation + 1)) generation++;
  return generation;
}

function generationStart(generation: number): number {
  return generation === 0 ? 0 : FIRST_GENERATION * 4 ** (generation - 1);
}

/** A leading one sets generations apart. Numbers have 32 bits, and so there are eight generations. */
function bucketKey({ high }: IdHash, generation: number): number {
  const bits = FIRST_BITS + 2 * generation;
  return 2 ** bits + (high >>> (32 - bits));
}
