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
} from '../../../core/batch-queue.ts';
import { type BatchHeader, batchHeader, deadLetterOf, queuedBatch } from '../batch-header.ts';
import { type HandedBatch, type Lane, togetherCount } from '../hand-over.ts';
import { DeadLetterFolder } from './dead-letter-folder.ts';
import { HostScheduler } from './host-scheduler.ts';
import type { FrameHeader, Mark } from './queue-frame.ts';
import { type Place, SegmentLog } from './segment-log.ts';

interface Entry {
  readonly header: BatchHeader;
  readonly place: Place;
  attempts: number;
  deaths: number;
  damaged: boolean;
}

const segment_bytes_max = 64 << 20;

export class InlineQueue implements BatchQueue {
  readonly #bounds: QueueBounds;
  readonly #log: SegmentLog;
  readonly #letters: DeadLetterFolder;
  /** By id, in the order in which they were accepted. */
  readonly #entries = new Map<string, Entry>();
  readonly #hosts = new Map<string, Entry[]>();
  /** Of what is on disk, and of what is also on its way there. */
  readonly #durable = new Map<string, bigint>();
  #heads = new Map<string, bigint>();
  readonly #live = new Map<number, number>();
  #bytes = 0;
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
      summary: (): FrameHeader => ({
        heads: Array.from(this.#durable, ([key, next]) => [key, String(next)]),
      }),
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
    for (const entry of [...queue.#entries.values()]) await queue.#settleLetter(entry);
    await queue.#dropFinished();
    return queue;
  }

  async accept(batch: Batch): Promise<Accepted> {
    this.#mustBeOpen();
    const key = streamKey(batch.stream);
    const head = this.#heads.get(key);
    if (head !== undefined && batch.last < head) {
      // Another request may have brought it, and not be done.
      if (head !== this.#durable.get(key)) await this.#append({ mark: 'done', ids: [] }, undefined, true);
      return { isNew: false, next: head };
    }
    this.#mustHaveRoom(batch.bytes.length);
    this.#heads.set(key, batch.last + 1n);
    await this.#put(batchHeader(batch, randomUUID(), Date.now(), false), batch.bytes);
    return { isNew: true, next: batch.last + 1n };
  }

  async next(stream: StreamName): Promise<bigint | undefined> {
    return this.#durable.get(streamKey(stream));
  }

  async raise(positions: ReadonlyMap<string, bigint>): Promise<void> {
    const raised = [...positions].filter(([key, next]) => next > (this.#heads.get(key) ?? -1n));
    if (raised.length === 0) return;
    await this.#append({ heads: raised.map(([key, next]) => [key, String(next)]) }, undefined, true);
    for (const [key, next] of raised) {
      this.#heads.set(key, next);
      this.#durable.set(key, next);
    }
  }

  async consume(consumer: BatchConsumer): Promise<Consumption> {
    this.#mustBeOpen();
    this.#scheduler = new HostScheduler((host) => this.#lane(host), consumer, this.#bounds);
    for (const host of this.#hosts.keys()) this.#scheduler.wake(host);
    return this.#scheduler;
  }

  async depth(): Promise<QueueDepth> {
    const [oldest] = this.#entries.values();
    return {
      batches: this.#entries.size,
      bytes: this.#bytes + this.#letters.bytes,
      deadLetters: this.#letters.count,
      oldest: oldest?.header.acceptedAt,
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
      this.#enter({ header, place, attempts: 0, deaths: 0, damaged: false });
    } finally {
      this.#coming--;
      this.#comingBytes -= bytes.length;
    }
    this.#scheduler?.wake(header.host);
  }

  #enter(entry: Entry): void {
    const { header, place } = entry;
    const key = streamKey(header);
    const next = BigInt(header.last) + 1n;
    if (!header.isReplay && next > (this.#durable.get(key) ?? -1n)) this.#durable.set(key, next);
    this.#entries.set(header.id, entry);
    const waiting = this.#hosts.get(header.host);
    if (waiting === undefined) this.#hosts.set(header.host, [entry]);
    else waiting.push(entry);
    this.#live.set(place.segment, (this.#live.get(place.segment) ?? 0) + 1);
    this.#bytes += place.bytes;
  }

  #leave(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { header, place } = entry;
    this.#entries.delete(id);
    const waiting = this.#hosts.get(header.host)!;
    waiting.splice(waiting.indexOf(entry), 1);
    if (waiting.length === 0) this.#hosts.delete(header.host);
    this.#live.set(place.segment, this.#live.get(place.segment)! - 1);
    this.#bytes -= place.bytes;
  }

  #recover(header: FrameHeader, place: Place, damaged: boolean): void {
    if ('heads' in header) {
      for (const [key, next] of header.heads) {
        if (BigInt(next) > (this.#durable.get(key) ?? -1n)) this.#durable.set(key, BigInt(next));
      }
    } else if ('mark' in header) this.#mark(header);
    else this.#enter({ header, place, attempts: 0, deaths: 0, damaged });
  }

  #mark({ mark, ids }: Mark): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (mark === 'done') this.#leave(id);
      else if (entry === undefined) continue;
      else if (mark === 'handed') entry.deaths++;
      else entry.deaths--;
      if (mark === 'failed') entry!.attempts++;
    }
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
    const waiting = (this.#hosts.get(host) ?? []).slice(0, this.#bounds.handed_batches_max);
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
    this.#mark({ mark, ids });
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
      if ((this.#live.get(number) ?? 0) > 0) return;
      this.#live.delete(number);
      await this.#log.drop(number);
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new QueueError('closed', 'the queue has been closed');
  }

  #mustHaveRoom(bytes: number): void {
    const { bytes_max, batches_max } = this.#bounds;
    const kept = this.#bytes + this.#comingBytes + this.#letters.bytes;
    const batches = this.#entries.size + this.#coming + this.#letters.count;
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
