/**
 * Looks at the data file before LMDB maps it. LMDB trusts its pages: a file cut short kills the process with a bus
 * error, a page of garbage sends it reading wild memory. This walks what the root names: every branch page, and the
 * leaves in the last stretch of the file, where a torn write or a copy cut short leaves its mark (all leaves, when
 * the file is shorter than its root says). Values need no look here: they carry checksums.
 * Must not know what the tables hold. Source: layout in liblmdb/mdb.c (MDB_page_header, MDB_meta, MDB_db, MDB_node).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const PAGE_HEAD = 24;
const NODE_HEAD = 8;
const DB_BYTES = 48;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const META = 8;
const BIG_DATA = 1;
const SUB_DATA = 2;
const NO_PAGE = 0xffffffffffffffffn;
/** Length of the end of the file in which leaves are looked at. */
const TAIL_BYTES = 32 << 20;
const LIVE_TRIES = 3;

/**
 * What is wrong with the file, in words; undefined when nothing was found. A file that another process is writing
 * may change under the walk: then it is tried again, and in the end believed, since its writer has checked it.
 */
export function pageDamage(file: string): string | undefined {
  const handle = openSync(file, 'r');
  try {
    for (let attempt = 0; ; attempt++) {
      const root = newestRoot(handle);
      if (typeof root === 'string') return root;
      const damage = new PageWalk(handle, root).run();
      if (damage === undefined) return undefined;
      const now = newestRoot(handle);
      const changed = typeof now === 'object' && now.transaction !== root.transaction;
      if (!changed) return damage;
      if (attempt === LIVE_TRIES) return undefined;
    }
  } finally {
    closeSync(handle);
  }
}

interface Root {
  readonly transaction: bigint;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly free: bigint;
  readonly main: bigint;
}

/** The root of the last commit, or what is wrong with the two. LMDB itself can't be opened on one root alone. */
function newestRoot(handle: number): Root | string {
  const first = metaAt(handle, 0, 0);
  if (first === undefined) return 'its first root is not one of LMDB';
  const second = metaAt(handle, 1, first.pageSize);
  if (second === undefined) return 'its second root is not one of LMDB';
  return second.transaction > first.transaction ? second : first;
}

function metaAt(handle: number, number: number, offset: number): Root | undefined {
  const page = Buffer.alloc(176);
  if (readSync(handle, page, 0, page.length, offset) < page.length) return undefined;
  const isMeta = Number(page.readBigUInt64LE(0)) === number && (page.readUInt16LE(18) & META) !== 0;
  const isLmdb = page.readUInt32LE(PAGE_HEAD) === MAGIC && page.readUInt32LE(PAGE_HEAD + 4) === DATA_VERSION;
  const databases = PAGE_HEAD + 24;
  const pageSize = page.readUInt32LE(databases);
  if (!isMeta || !isLmdb || pageSize < 512 || pageSize > 65536) return undefined;
  return {
    pageSize,
    free: page.readBigUInt64LE(databases + 40),
    main: page.readBigUInt64LE(databases + DB_BYTES + 40),
    lastPage: Number(page.readBigUInt64LE(databases + 2 * DB_BYTES)),
    transaction: page.readBigUInt64LE(databases + 2 * DB_BYTES + 8),
  };
}

class PageWalk {
  readonly #handle: number;
  readonly #root: Root;
  readonly #pages: number;
  readonly #tail: number;
  #damage: string | undefined;

  constructor(handle: number, root: Root) {
    this.#handle = handle;
    this.#root = root;
    this.#pages = Math.floor(fstatSync(handle).size / root.pageSize);
    const short = this.#pages <= root.lastPage;
    this.#tail = short ? 0 : this.#pages - TAIL_BYTES / root.pageSize;
  }

  run(): string | undefined {
    this.#tree(this.#root.free, false);
    this.#tree(this.#root.main, true);
    return this.#damage;
  }

  /** `names`: the leaves hold the roots of other trees, so each of them is read. */
  #tree(root: bigint, names: boolean): void {
    if (root !== NO_PAGE) this.#page(Number(root), names, true, 0);
  }

  #page(number: number, names: boolean, leafWanted: boolean, depth: number): void {
    if (this.#damage !== undefined) return;
    if (number > this.#root.lastPage || number >= this.#pages) {
      this.#damage = `page ${number} is beyond the end of the file`;
      return;
    }
    if (!leafWanted) return;
    const page = Buffer.alloc(this.#root.pageSize);
    readSync(this.#handle, page, 0, page.length, number * this.#root.pageSize);
    const kind = page.readUInt16LE(18) & (BRANCH | LEAF | OVERFLOW);
    // Offsets inside a page count from behind its head.
    const lower = PAGE_HEAD + page.readUInt16LE(20);
    const upper = PAGE_HEAD + page.readUInt16LE(22);
    const sane =
      page.readBigUInt64LE(0) === BigInt(number) && (kind === BRANCH || kind === LEAF) && depth < 32;
    if (!sane || lower > upper || upper > page.length) {
      this.#damage = `page ${number} is not a page of a tree`;
      return;
    }
    for (let at = PAGE_HEAD; at < lower; at += 2) {
      const node = PAGE_HEAD + page.readUInt16LE(at);
      if (node < upper || node + NODE_HEAD > page.length)
        this.#damage = `page ${number} has an entry outside itself`;
      else if (kind === BRANCH) {
        const child = page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 0x100000000;
        this.#page(child, names, names || this.#isWanted(child), depth + 1);
      } else this.#entry(page, node, number, names);
      if (this.#damage !== undefined) return;
    }
  }

  /** Leaves before the tail need no look; what is a branch is told by its head alone. */
  #isWanted(child: number): boolean {
    if (child >= this.#tail) return true;
    const head = Buffer.alloc(PAGE_HEAD);
    readSync(this.#handle, head, 0, PAGE_HEAD, child * this.#root.pageSize);
    return (head.readUInt16LE(18) & LEAF) === 0;
  }

  #entry(page: Buffer, node: number, number: number, names: boolean): void {
    const size = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    const data = node + NODE_HEAD + page.readUInt16LE(node + 6);
    const stored = flags & BIG_DATA ? 24 : size;
    if (data + stored > page.length) this.#damage = `page ${number} has a value outside itself`;
    else if (flags & BIG_DATA) this.#overflow(page, data, size);
    else if (names && flags & SUB_DATA && size === DB_BYTES)
      this.#tree(page.readBigUInt64LE(data + 40), false);
  }

  #overflow(page: Buffer, data: number, size: number): void {
    const first = Number(page.readBigUInt64LE(data));
    const count = Number(page.readBigUInt64LE(data + 16));
    const end = first + Math.max(count, Math.ceil((size + PAGE_HEAD) / this.#root.pageSize));
    if (end > this.#root.lastPage + 1 || end > this.#pages) {
      this.#damage = `a value on page ${first} reaches beyond the end of the file`;
      return;
    }
    if (first < this.#tail) return;
    const head = Buffer.alloc(PAGE_HEAD);
    readSync(this.#handle, head, 0, PAGE_HEAD, first * this.#root.pageSize);
    if (head.readBigUInt64LE(0) !== BigInt(first) || (head.readUInt16LE(18) & OVERFLOW) === 0)
      this.#damage = `page ${first} is not the value it should be`;
  }
}
