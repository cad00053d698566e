/**
 * Batches on disk until ingest has them, within a bound. Where the bound, or the disk, is full, the oldest go first,
 * and are counted. The newest segment is kept when all of it was sent, for it says which number comes next.
 * It must not know how batches are sent.
 */
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../agent-error.ts';
import type { Frame } from './frame.ts';
import { type FramePlace, Segment, type StreamName } from './segment.ts';
import { lockSpool, type SpoolLock } from './spool-lock.ts';

export interface SpoolOptions {
  readonly folder: string;
  readonly stream: StreamName;
  readonly spool_bytes_max: number;
  /** Records that are gone before they were sent, and their time (ns). */
  readonly onDropped: (dropped: { records: number; from: bigint; until: bigint }) => void;
}

export interface SpooledFrame {
  readonly segment: Segment;
  readonly place: FramePlace;
}

const segment_bytes_max = 8 << 20;
const segment_bytes_min = 64 << 10;
/** A full disk of any kind, which room of our own may mend. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT']);

/** By stream: what to add to its numbers here for those that ingest knows. */
const offsetsFile = 'offsets.json';

export class Spool {
  readonly #options: SpoolOptions;
  readonly #segment_bytes: number;
  readonly #lock: SpoolLock;
  /** Oldest first. */
  #segments: Segment[] = [];
  #number = 0;
  /** Frames before it in the first segment are sent. */
  #sent = 0;
  #torn_bytes = 0;
  readonly #offsets = new Map<string, bigint>();

  private constructor(options: SpoolOptions, lock: SpoolLock) {
    this.#options = options;
    this.#lock = lock;
    this.#segment_bytes = Math.max(
      segment_bytes_min,
      Math.min(segment_bytes_max, options.spool_bytes_max / 8),
    );
  }

  /** Opens the folder, or makes it. Rejects with AgentError where that can't be, as where another agent has it. */
  static async open(options: SpoolOptions): Promise<Spool> {
    let spool: Spool | undefined;
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      spool = new Spool(options, lockSpool(options.folder));
      await spool.#read();
      return spool;
    } catch (cause) {
      if (spool !== undefined) await spool.#release();
      if (cause instanceof AgentError) throw cause;
      const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new AgentError('spool', `the spool ${options.folder} can't be used (${why})`, { cause });
    }
  }

  /** Number that the next record gets. */
  get next(): bigint {
    return this.#newest.next;
  }

  /** As the last frame of this stream said; empty before the first. */
  get memo(): string {
    return this.#newest.memo;
  }

  /** Time (ns) of the last record of this stream that is here; undefined where there is none. */
  get until(): bigint | undefined {
    const place = this.#segments
      .filter((s) => sameStream(s.head, this.#options.stream))
      .flatMap((s) => s.places)
      .at(-1);
    return place?.until;
  }

  get torn_bytes(): number {
    return this.#torn_bytes;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get waiting_records(): number {
    return this.#segments.reduce(
      (sum, { places }, i) => sum + countOf(i === 0 ? places.slice(this.#sent) : places),
      0,
    );
  }

  /**
   * Keeps a batch. Rejects with what the file system says where there is no room even without all that is old; then
   * the batch is not kept, and its numbers are given to the next.
   */
  async append(batch: Omit<Frame, 'first'>): Promise<void> {
    if (this.#newest.bytes > this.#segment_bytes) await this.#rotate();
    for (;;) {
      try {
        await this.#newest.append({ ...batch, first: this.#newest.next });
        break;
      } catch (error) {
        const isFull = fullCodes.has((error as NodeJS.ErrnoException).code ?? '');
        if (!isFull || !(await this.#dropOldest())) throw error;
      }
    }
    while (this.bytes > this.#options.spool_bytes_max && (await this.#dropOldest()));
  }

  /** The oldest batch that was not sent; undefined where all were. */
  first(): SpooledFrame | undefined {
    for (const [i, segment] of this.#segments.entries()) {
      const place = segment.places[i === 0 ? this.#sent : 0];
      if (place !== undefined) return { segment, place };
    }
    return undefined;
  }

  /** The batch is ingest's now, and so are those before it. */
  async sent({ segment, place }: SpooledFrame): Promise<void> {
    const at = this.#segments.indexOf(segment);
    // It may have been dropped meanwhile.
    if (at < 0) return;
    for (let i = 0; i < at; i++) await this.#remove();
    const index = segment.places.indexOf(place) + 1;
    if (index > this.#sent) this.#sent = index;
    if (this.#sent === segment.places.length && this.#segments.length > 1) await this.#remove();
  }

  /**
   * What to add to a stream's numbers: a spool that was lost numbers from 1 again, and ingest does not. Undefined until
   * ingest was asked.
   */
  offset(stream: StreamName): bigint | undefined {
    return this.#offsets.get(streamKey(stream));
  }

  /** Durable when it resolves, and so before the first batch of the stream is sent. */
  async setOffset(stream: StreamName, offset: bigint): Promise<void> {
    this.#offsets.set(streamKey(stream), offset);
    const kept = new Set([...this.#segments.map(({ head }) => streamKey(head)), streamKey(stream)]);
    const texts = [...this.#offsets].filter(([key]) => kept.has(key)).map(([key, n]) => [key, String(n)]);
    const file = join(this.#options.folder, offsetsFile);
    const handle = await open(`${file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(Object.fromEntries(texts)));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  }

  async sync(): Promise<void> {
    await this.#newest.sync();
  }

  async close(): Promise<void> {
    try {
      await this.#newest.sync();
    } finally {
      await this.#release();
    }
  }

  get #newest(): Segment {
    return this.#segments.at(-1)!;
  }

  async #release(): Promise<void> {
    try {
      for (const segment of this.#segments) await segment.close();
    } finally {
      this.#lock.release();
    }
  }

  async #read(): Promise<void> {
    const { folder, stream } = this.#options;
    const names = (await readdir(folder)).filter((name) => /^\d{12}\.spool$/.test(name)).sort();
    for (const name of names) await this.#reopen(join(folder, name));
    this.#readOffsets();
    const last = this.#segments.at(-1);
    if (last === undefined || !sameStream(last.head, stream)) await this.#begin(this.#nextOfStream());
  }

  #readOffsets(): void {
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(join(this.#options.folder, offsetsFile), 'utf8'));
    } catch {
      return;
    }
    for (const [key, n] of Object.entries(json as Record<string, string>)) this.#offsets.set(key, BigInt(n));
  }

  async #reopen(file: string): Promise<void> {
    this.#number = Number(file.slice(-18, -6));
    const segment = await Segment.open(file);
    if (segment === undefined) {
      await unlink(file);
      return;
    }
    this.#torn_bytes += segment.torn_bytes;
    this.#segments.push(segment);
  }

  #nextOfStream(): { next: bigint; memo: string } {
    const last = this.#segments.findLast((segment) => sameStream(segment.head, this.#options.stream));
    return { next: last?.next ?? 1n, memo: last?.memo ?? '' };
  }

  async #begin({ next, memo }: { next: bigint; memo: string }): Promise<void> {
    const head = { ...this.#options.stream, first: String(next), memo };
    this.#segments.push(await Segment.create(this.#options.folder, ++this.#number, head));
    // Those that are empty say nothing that this one does not.
    while (this.#segments.length > 1 && this.#segments[0]!.places.length === 0) await this.#remove();
  }

  async #rotate(): Promise<void> {
    const full = this.#newest;
    await full.sync();
    try {
      await this.#begin({ next: full.next, memo: full.memo });
    } catch (error) {
      // Without room for another, this one goes on.
      if (!fullCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    if (this.#sent === this.#segments[0]!.places.length && this.#segments.length > 1) await this.#remove();
  }

  /** False where only the newest segment is left. */
  async #dropOldest(): Promise<boolean> {
    if (this.#segments.length < 2) return false;
    const places = this.#segments[0]!.places.slice(this.#sent);
    await this.#remove();
    if (places.length > 0) {
      const [first, last] = [places[0]!, places.at(-1)!];
      this.#options.onDropped({ records: countOf(places), from: first.from, until: last.until });
    }
    return true;
  }

  async #remove(): Promise<void> {
    const segment = this.#segments.shift()!;
    this.#sent = 0;
    await segment.close();
    await unlink(segment.file);
  }
}

/** None of the names holds a slash. */
export function streamKey({ host, boot, source }: StreamName): string {
  return `${host}/${boot}/${source}`;
}

function sameStream(a: StreamName, b: StreamName): boolean {
  return streamKey(a) === streamKey(b);
}

function countOf(places: readonly FramePlace[]): number {
  return places.reduce((sum, { count }) => sum + count, 0);
}
