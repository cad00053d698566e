/**
 * The queue of a single process, in files beside its store: no server is needed. Batches lie in segments until they
 * are folded; what is in memory is where each lies. Its opener sees to it that no other process has the folder open.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type Accepted,
  type Batch,
  type BatchConsumer,
  type BatchQueue,
  type Consumption,
  type DeadLetter,
  defaultQueueBounds,
  type QueueBounds,
  type QueueDepth,
  type QueuedBatch,
  QueueError,
  type StreamName,
  streamKey,
  type UnnumberedBatch,
} from '../../../core/batch-queue.ts';
import { type BatchHeader, batchHeader, deadLetterOf, queuedBatch } from '../batch-header.ts';
import { type HandedBatch, type Lane, togetherCount } from '../hand-over.ts';
import { late } from '../late-batch.ts';
import { advanced, isLate, type StreamHead } from '../stream-head.ts';
import { BatchIndex, type Entry } from './batch-index.ts';
import { DeadLetterFolder } from './dead-letter-folder.ts';
import { HostScheduler } from './host-scheduler.ts';
import { type FrameHeader, headOf, type Mark, savedHead } from './queue-frame.ts';
import { type Place, SegmentLog } from './segment-log.ts';

const segment_bytes_max = 64 << 20;

export class InlineQueue implements BatchQueue {
  readonly #bounds: QueueBounds;
  readonly #log: SegmentLog;
  readonly #letters: DeadLetterFolder;
  readonly #index = new BatchIndex();
  /** Of what is on disk, and of what is also on its way there. */
  readonly #durable = new Map<string, StreamHead>();
  #heads = new Map<string, StreamHead>();
  #comingBytes = 0;
  #coming = 0;
  #scheduler: HostScheduler | undefined;
  #closed = false;

  private constructor(folder: string, bounds: QueueBounds) {
    this.#bounds = bounds;
    this.#letters = new DeadLetterFolder(join(folder, 'dead-letters'));
    this.#log = new SegmentLog({
      folder,
      segment_bytes_max: Math.min(segment_bytes_max, Math.ceil(bounds.bytes_max / 4)),
      summary: (): FrameHeader => ({ heads: Array.from(this.#durable, savedHead) }),
    });
  }

  /** Throws QueueError `unavailable` where the folder can't be used. */
  static async open(folder: string, bounds: Partial<QueueBounds> = {}): Promise<InlineQueue> {
    const queue = new InlineQueue(folder, { ...defaultQueueBounds, ...bounds });
    try {
      await queue.#letters.open();
      await queue.#log.open((header, place, damaged) =>
        queue.#recover(header as FrameHeader, place, damaged),
      );
    } catch (cause) {
      throw unavailable(cause, `the queue in ${folder} can't be used`);
    }
    queue.#heads = new Map(queue.#durable);
    for (const entry of queue.#index.entries()) await queue.#settleLetter(entry);
    await queue.#dropFinished();
    return queue;
  }

  async accept(batch: Batch): Promise<Accepted> {
    this.#mustBeOpen();
    const key = streamKey(batch.stream);
    const head = this.#heads.get(key);
    if (head !== undefined && batch.last < head.next) {
      if (isLate(head, batch.first, batch.last)) throw late(batch);
      // Another request may have brought it, and not be done.
      if (head !== this.#durable.get(key)) await this.#append({ mark: 'done', ids: [] }, undefined, true);
      return { isNew: false, next: head.next };
    }
    this.#mustHaveRoom(batch.bytes.length);
    this.#heads.set(key, advanced(head, batch.first, batch.last));
    await this.#put(batchHeader(batch, randomUUID(), Date.now(), false), batch.bytes);
    return { isNew: true, next: batch.last + 1n };
  }

  async append({ count, key, ...batch }: UnnumberedBatch): Promise<Accepted> {
    this.#mustBeOpen();
    const stream = streamKey(batch.stream);
    const head = this.#heads.get(stream);
    if (head?.keys.includes(key)) {
      // Another request may have brought it, and not be done.
      if (head !== this.#durable.get(stream)) await this.#append({ mark: 'done', ids: [] }, undefined, true);
      return { isNew: false, next: head.next };
    }
    this.#mustHaveRoom(batch.bytes.length);
    const first = head?.next ?? 0n;
    const last = first + BigInt(count) - 1n;
    this.#heads.set(stream, advanced(head, first, last, key));
    const header = batchHeader({ ...batch, first, last }, randomUUID(), Date.now(), false, key);
    await this.#put(header, batch.bytes);
    return { isNew: true, next: last + 1n };
  }

  async next(stream: StreamName): Promise<bigint | undefined> {
    return this.#durable.get(streamKey(stream))?.next;
  }

  async raise(positions: ReadonlyMap<string, bigint>): Promise<void> {
    const raised = [...positions].flatMap(([key, next]) => {
      const head = this.#heads.get(key);
      return head !== undefined && head.next >= next
        ? []
        : [[key, { next, gaps: head?.gaps ?? [], keys: head?.keys ?? [] }] as const];
    });
    if (raised.length === 0) return;
    await this.#append({ heads: raised.map(savedHead) }, undefined, true);
    for (const [key, head] of raised) {
      this.#heads.set(key, head);
      this.#durable.set(key, head);
    }
  }

  async consume(consumer: BatchConsumer): Promise<Consumption> {
    this.#mustBeOpen();
    this.#scheduler = new HostScheduler((host) => this.#lane(host), consumer, this.#bounds);
    for (const host of this.#index.hosts()) this.#scheduler.wake(host);
    return this.#scheduler;
  }

  async depth(): Promise<QueueDepth> {
    return {
      batches: this.#index.size,
      bytes: this.#index.bytes + this.#letters.bytes,
      deadLetters: this.#letters.count,
      oldest: this.#index.oldest,
    };
  }

  async deadLetters(): Promise<DeadLetter[]> {
    return this.#letters.all().map(deadLetterOf);
  }

  async deadLetter(id: string): Promise<{ letter: DeadLetter; bytes: Uint8Array } | undefined> {
    const header = this.#letters.header(id);
    const bytes = await this.#letters.read(id);
    return header === undefined || bytes === undefined ? undefined : { letter: deadLetterOf(header), bytes };
  }

  async replay(id: string): Promise<boolean> {
    this.#mustBeOpen();
    const found = await this.deadLetter(id);
    if (found === undefined) return false;
    const { letter, bytes } = found;
    await this.#put(batchHeader(letter, letter.id, letter.acceptedAt, true), bytes);
    await this.#letters.remove(id);
    return true;
  }

  discard(id: string): Promise<boolean> {
    return this.#letters.remove(id);
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    await this.#append({ mark: 'done', ids: [] }, undefined, true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#scheduler?.stop();
    await this.#log.close();
  }

  async #put(header: BatchHeader, bytes: Uint8Array): Promise<void> {
    this.#coming++;
    this.#comingBytes += bytes.length;
    try {
      const place = await this.#append(header, bytes, true);
      this.#enter(header, place, false);
    } finally {
      this.#coming--;
      this.#comingBytes -= bytes.length;
    }
    this.#scheduler?.wake(header.host);
  }

  #enter(header: BatchHeader, place: Place, damaged: boolean): void {
    const key = streamKey(header);
    const [first, last] = [BigInt(header.first), BigInt(header.last)];
    if (!header.isReplay) this.#durable.set(key, advanced(this.#durable.get(key), first, last, header.key));
    this.#index.enter(header, place, damaged);
  }

  #recover(header: FrameHeader, place: Place, damaged: boolean): void {
    if ('heads' in header) {
      for (const saved of header.heads) this.#durable.set(...headOf(saved));
    } else if ('mark' in header) this.#index.mark(header);
    else this.#enter(header, place, damaged);
  }

  /** A crash between the two steps of a burial, or of a replay, left a batch at both places. */
  async #settleLetter({ header }: Entry): Promise<void> {
    if (this.#letters.header(header.id) === undefined) return;
    if (header.isReplay) await this.#letters.remove(header.id);
    else await this.#marked('done', [header.id]);
  }

  #lane(host: string): Lane {
    return {
      take: () => this.#take(host),
      done: async (batches) => {
        await this.#marked('done', idsOf(batches));
        await this.#dropFinished();
      },
      giveBack: (batches, blamed) => this.#marked(blamed ? 'failed' : 'released', idsOf(batches)),
      bury: async (batch, reason) => {
        const header = batchHeader(batch, batch.id, batch.acceptedAt, false);
        await this.#letters.put({ ...header, reason, failedAt: Date.now() }, batch.bytes);
        await this.#marked('done', [batch.id]);
        await this.#dropFinished();
      },
    };
  }

  async #take(host: string): Promise<HandedBatch[]> {
    const waiting = this.#index.first(host, this.#bounds.handed_batches_max);
    const sizes = waiting.map(({ place, attempts, deaths, damaged }) => ({
      size: place.bytes,
      suspect: attempts > 0 || deaths > 0 || damaged,
    }));
    const entries = waiting.slice(0, togetherCount(sizes, this.#bounds));
    if (entries.length === 0) return [];
    const batches = await Promise.all(
      entries.map(async ({ header, place, attempts, deaths }): Promise<HandedBatch> => {
        const bytes = await this.#log.read(place);
        const damage = bytes === undefined ? 'its bytes on disk are damaged' : undefined;
        return { ...queuedBatch(header, bytes ?? new Uint8Array()), attempts, deaths, damage };
      }),
    );
    await this.#marked('handed', idsOf(batches));
    const damaged = batches.findIndex(({ damage }) => damage !== undefined);
    if (damaged <= 0) return damaged === 0 ? batches.slice(0, 1) : batches;
    await this.#marked('released', idsOf(batches.slice(damaged)));
    return batches.slice(0, damaged);
  }

  /** Not synced: a mark that a loss of power takes away is made again. */
  async #marked(mark: Mark['mark'], ids: readonly string[]): Promise<void> {
    this.#index.mark({ mark, ids });
    await this.#append({ mark, ids }, undefined, false);
  }

  async #append(header: FrameHeader, payload: Uint8Array | undefined, isDurable: boolean): Promise<Place> {
    try {
      return await this.#log.append(header, payload, isDurable);
    } catch (cause) {
      this.#heads = new Map(this.#durable);
      throw unavailable(cause, 'the queue can not be written');
    }
  }

  /** Oldest first: the marks of batches stand in later segments. */
  async #dropFinished(): Promise<void> {
    for (const number of this.#log.finished()) {
      if (this.#index.isLive(number)) return;
      await this.#log.drop(number);
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new QueueError('closed', 'the queue has been closed');
  }

  #mustHaveRoom(bytes: number): void {
    const { bytes_max, batches_max } = this.#bounds;
    const kept = this.#index.bytes + this.#comingBytes + this.#letters.bytes;
    const batches = this.#index.size + this.#coming + this.#letters.count;
    // Files of batches that are folded stay while an older batch waits.
    if (kept + bytes <= bytes_max && batches < batches_max && this.#log.bytes <= 2 * bytes_max) return;
    throw new QueueError('full', `the queue is full: ${batches} batches of ${kept} bytes wait to be folded`, {
      hint: 'try again later',
    });
  }
}

function idsOf(batches: readonly QueuedBatch[]): string[] {
  return batches.map(({ id }) => id);
}

function unavailable(cause: unknown, message: string): QueueError {
  if (cause instanceof QueueError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const hint = code === 'ENOSPC' ? 'the disk is full' : undefined;
  return new QueueError('unavailable', `${message} (${code})`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
