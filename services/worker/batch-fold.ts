/**
 * Batches from a queue into one fold of a store: decoded, folded, and committed together with how far each stream was
 * read, so that a batch that comes again changes nothing. It must not know which queue, nor how it retries, nor which
 * hosts the fold is of.
 */
import { decompressed_bytes_max, parseContentType, unitOf } from '../contract/batch.ts';
import { NotNow, type QueuedBatch, streamKey } from '../core/batch-queue.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { type FoldStore, type Gap, type GraphDelta, StoreError } from '../core/graph-store.ts';
import type { FoldItem, FoldOptions } from '../core/upg/fold.ts';
import { decompress } from '../runtime/decompress.ts';
import { commit_items, FoldSession, keptBy, weightOf } from './fold-session.ts';
import { openDecoder, StreamReaders } from './stream-readers.ts';

export interface BatchFoldOptions {
  readonly store: FoldStore;
  readonly profileOf: FoldOptions['profileOf'];
  readonly onDiagnostic: (d: Diagnostic) => void;
  /** Told of each call that was folded and committed. */
  readonly onFolded: (folded: Folded) => void;
  /** Told how long the store took for each delta (ms). */
  readonly onStored?: (ms: number) => void;
  /** Told of what will be tried again. */
  readonly onFailure: (batches: readonly QueuedBatch[], error: unknown) => void;
  /** Told of a batch that goes among the dead letters. */
  readonly onBuried: (batch: QueuedBatch, reason: string) => void;
}

export interface Folded {
  readonly batches: readonly QueuedBatch[];
  readonly items: number;
  readonly gaps: number;
  /** Records that are missing in them, as far as a number is known. */
  readonly missing: number;
  /** From being taken to being stored. */
  readonly ms: number;
}

interface Totals {
  items: number;
  gaps: number;
  missing: number;
}

/** Read between two looks at what else the process has to do. */
const slice_bytes_max = 512 << 10;
const replayPrefix = 'replayed ';

/** A session with the readers of its streams; both are of no use after a failure. */
interface Work {
  readonly session: FoldSession;
  readonly readers: StreamReaders;
  readonly replayed: Set<string>;
}

export class BatchFold {
  readonly #options: BatchFoldOptions;
  #work: Work | undefined;
  /** What is being folded; the next call waits for it, but not for its commit. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Since the last commit. */
  #items = 0;
  #time = 0n;
  #gaps: Gap[] = [];
  #replays: string[] = [];
  #totals: Totals = { items: 0, gaps: 0, missing: 0 };

  constructor(options: BatchFoldOptions) {
    this.#options = options;
  }

  async fold(batches: readonly QueuedBatch[]): Promise<void> {
    const began = performance.now();
    const totals = await this.#commit(async (work) => {
      let coming = decompressed(batches[0]!);
      for (const [i, batch] of batches.entries()) {
        const bytes = await coming;
        const following = batches[i + 1];
        if (following !== undefined) {
          coming = decompressed(following);
          coming.catch(() => {});
        }
        await this.#foldBatch(work, batch, bytes);
      }
    });
    this.#options.onFolded({ batches, ...totals, ms: performance.now() - began });
  }

  /** The stream goes on without the batch; what it held is a gap, for good. */
  async buried(batch: QueuedBatch, reason: string): Promise<void> {
    await this.#commit(async ({ readers, session }) => {
      const position = positionOf(readers, batch);
      if (batch.isReplay || batch.last < position) return;
      const now = session.fold.now(batch.stream.host);
      const missing = batch.last + 1n - position;
      this.#gap(
        batch,
        missing,
        now,
        now || acceptedAt(batch),
        `batch ${batch.id} could not be folded: ${reason}`,
      );
      readers.moveTo(batch.stream, batch.last + 1n);
    });
    this.#options.onBuried(batch, reason);
  }

  /** Resolves when nothing is being folded or stored. */
  async settle(): Promise<void> {
    await this.#turn.catch(() => {});
    await this.#work?.session.settle().catch(() => {});
  }

  /** Does `folding` in its turn; resolves when what it folded is stored. */
  async #commit(folding: (work: Work) => Promise<void>): Promise<Totals> {
    const turn = this.#turn.then(async () => {
      const work = await this.#opened();
      try {
        this.#totals = { items: 0, gaps: 0, missing: 0 };
        await folding(work);
        await this.#store(work);
        return { work, totals: this.#totals };
      } catch (error) {
        await this.#abandon(work);
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    try {
      const { work, totals } = await turn;
      try {
        await work.session.settle();
      } catch (error) {
        await this.#abandon(work);
        throw error;
      }
      return totals;
    } catch (error) {
      throw error instanceof StoreError ? new NotNow(error) : error;
    }
  }

  async #foldBatch(work: Work, batch: QueuedBatch, bytes: Uint8Array): Promise<void> {
    if (batch.isReplay) await this.#foldReplay(work, batch, bytes);
    else await this.#foldNext(work, batch, bytes);
  }

  async #foldNext(work: Work, batch: QueuedBatch, bytes: Uint8Array): Promise<void> {
    const { readers, session } = work;
    const { stream, first, last, contentType } = batch;
    const position = positionOf(readers, batch);
    if (last < position) return;
    const unit = unitOf[parseContentType(contentType)!.mediaType];
    const before = session.fold.now(stream.host);
    const accepted = acceptedAt(batch);
    const reader = readers.reader(stream, contentType, accepted);
    let missing = first > position ? first - position : 0n;
    let at = first < position ? unit.run(bytes, 0, Number(position - first), Infinity).end : 0;
    let next = first < position ? position : first;
    this.#time = 0n;
    while (at < bytes.length) {
      const { end, count } = unit.run(bytes, at, Infinity, slice_bytes_max);
      reader.write(bytes.subarray(at, end), next, accepted);
      at = end;
      next += BigInt(count);
      readers.moveTo(stream, next);
      if (missing > 0n && (this.#time > 0n || at === bytes.length)) {
        const until = this.#time > before ? this.#time : before;
        this.#gap(
          batch,
          missing,
          before,
          until || accepted,
          `records ${position} to ${first - 1n} did not come`,
        );
        missing = 0n;
      }
      if (this.#items >= commit_items) await this.#store(work);
      await new Promise(setImmediate);
    }
  }

  /** By a reader of its own: its stream has gone on. */
  async #foldReplay(work: Work, batch: QueuedBatch, bytes: Uint8Array): Promise<void> {
    if (work.replayed.has(batch.id)) return;
    const { stream, contentType } = batch;
    const notAfter = acceptedAt(batch);
    const decoder = openDecoder(stream, contentType, notAfter, new Map(), this.#context(work.session));
    decoder.write(bytes, batch.first, notAfter);
    decoder.end();
    this.#replays.push(batch.id);
  }

  #gap(batch: QueuedBatch, missing: bigint, from: bigint, until: bigint, reason: string): void {
    const { host } = batch.stream;
    this.#gaps.push({ stream: streamKey(batch.stream), host, from, until, missing: Number(missing), reason });
  }

  async #store({ session, readers, replayed }: Work): Promise<void> {
    const gaps = this.#gaps.splice(0);
    const replays = this.#replays.splice(0);
    this.#items = 0;
    await session.commit((delta): GraphDelta => {
      const state = new Map(delta.state);
      const positions = new Map(delta.positions);
      readers.drainInto(state, positions);
      for (const id of replays) {
        state.set(replayPrefix + id, '1');
        replayed.add(id);
      }
      const all = [...delta.gaps, ...gaps];
      this.#totals.gaps += all.length;
      for (const { missing } of all) this.#totals.missing += missing ?? 0;
      return { ...delta, gaps: all, state, positions };
    });
  }

  async #opened(): Promise<Work> {
    const { store, profileOf } = this.#options;
    if (this.#work !== undefined && (await store.isCurrent())) return this.#work;
    const kept = await keptBy(store);
    const { state, positions } = kept;
    const session = new FoldSession(store, kept, profileOf, this.#options.onStored);
    const replayed = new Set(
      [...state.keys()].flatMap((key) =>
        key.startsWith(replayPrefix) ? key.slice(replayPrefix.length) : [],
      ),
    );
    this.#items = 0;
    this.#gaps = [];
    this.#replays = [];
    this.#work = { session, readers: new StreamReaders(state, positions, this.#context(session)), replayed };
    return this.#work;
  }

  #context(session: FoldSession) {
    const emit = (stream: string, item: FoldItem): void => {
      this.#items += weightOf(item);
      this.#totals.items++;
      if ('time' in item && !(item.kind === 'app' && item.timeSource === 'none') && item.time > this.#time)
        this.#time = item.time;
      session.fold.addItem(stream, item);
    };
    return { emit, diagnose: this.#options.onDiagnostic };
  }

  /** The store may still be busy with what was taken before; the next session begins with what it then has. */
  async #abandon(work: Work): Promise<void> {
    await work.session.settle().catch(() => {});
    if (this.#work === work) this.#work = undefined;
  }
}

/** Nanoseconds. Records are from before it, also where no time of their host is known yet. */
function acceptedAt(batch: QueuedBatch): bigint {
  return BigInt(batch.acceptedAt) * 1_000_000n;
}

/** Number of the record that the batch's stream wants next; streams are numbered from 0 or 1. */
function positionOf(readers: StreamReaders, { stream, first }: QueuedBatch): bigint {
  return readers.position(stream) ?? (first === 1n ? 1n : 0n);
}

/** Throws where the bytes are not what they were accepted as. */
function decompressed(batch: QueuedBatch): Promise<Uint8Array> {
  return decompress(batch.bytes, batch.encoding, decompressed_bytes_max);
}
