/**
 * The port between ingest and the fold worker, in domain verbs: what was accepted is kept until it was folded. Whoever
 * implements it passes test/conformance. A queue must not know what a batch's bytes mean.
 */

/** One ordered source of records: what it is known by everywhere. */
export interface StreamName {
  readonly host: string;
  readonly boot: string;
  /** `ebpf`, `kernel-module`, `audit`, or what else the sender calls it. */
  readonly source: string;
}

/** `host/boot/source`: none of them holds a slash. */
export function streamKey({ host, boot, source }: StreamName): string {
  return `${host}/${boot}/${source}`;
}

export type BatchEncoding = 'identity' | 'gzip' | 'zstd';

/** Records `first` to `last` (inclusive) of a stream, as they came over the network. */
export interface Batch {
  readonly stream: StreamName;
  readonly first: bigint;
  readonly last: bigint;
  /** With its parameters, as the request's header had it. */
  readonly contentType: string;
  readonly encoding: BatchEncoding;
  readonly bytes: Uint8Array;
}

/** Records that nobody numbered: the queue gives them the next numbers of their stream. */
export interface UnnumberedBatch extends Omit<Batch, 'first' | 'last'> {
  /** Of its records. */
  readonly count: number;
  /** Names what it holds: the same again has the same. Letters and digits. */
  readonly key: string;
}

export interface Accepted {
  /** False: all of the batch had been accepted before, and nothing changed. */
  readonly isNew: boolean;
  /** Number of the record that the stream wants next. */
  readonly next: bigint;
}

/** A batch on its way to the fold. */
export interface QueuedBatch extends Batch {
  /** Names the batch in this queue, in logs and among the dead letters. */
  readonly id: string;
  /** ms since the epoch. */
  readonly acceptedAt: number;
  /** It was among the dead letters: its stream has gone on without it. */
  readonly isReplay: boolean;
}

export interface DeadLetter extends Omit<QueuedBatch, 'bytes' | 'isReplay'> {
  readonly size: number;
  readonly reason: string;
  /** ms since the epoch. */
  readonly failedAt: number;
}

/** What waits, dead letters left out; bytes as they are kept, dead letters included, since they take up the bound too. */
export interface QueueDepth {
  readonly batches: number;
  readonly bytes: number;
  readonly deadLetters: number;
  /** ms since the epoch, of the batch that waits longest; undefined where none does. */
  readonly oldest: number | undefined;
}

/** Calls of `FoldBatches.fold` for one host never overlap; hosts go side by side. */
export interface BatchConsumer {
  /**
   * Folds batches of one host, in the order in which they were accepted. Resolves once what they say is durable
   * elsewhere: they are then gone from the queue. Batches that were folded before may come again: folding them again
   * must change nothing. Rejects with `NotNow` where no batch is to blame, and otherwise to say that one of them is.
   */
  fold(batches: readonly QueuedBatch[]): Promise<void>;
  /** A batch was put among the dead letters. Told before the queue forgets it, and again if that was not finished. */
  buried(batch: QueuedBatch, reason: string): Promise<void>;
  /** Something went wrong that will be tried again, with these batches, or (of none) with the queue itself. */
  failed(batches: readonly QueuedBatch[], error: unknown): void;
}

export interface BatchQueue {
  /**
   * Durable when it resolves. Of one stream, batches come in ascending order; what overlaps with what was accepted
   * is kept and for the fold to trim. Throws QueueError `full`, `unavailable`, and `late` for records that the stream
   * went on without: a gap stays one.
   */
  accept(batch: Batch): Promise<Accepted>;
  /**
   * The same for records without numbers. Under one of the last `keys_max` keys of its stream it is not new, whatever
   * was accepted since. A stream is of one kind: its batches all have numbers, or none has.
   */
  append(batch: UnnumberedBatch): Promise<Accepted>;
  /** Number of the record that the stream wants next; undefined for a stream that the queue never saw. */
  next(stream: StreamName): Promise<bigint | undefined>;
  /** Tells of positions that the fold has reached: a queue that lost its memory takes them over. Never goes back. */
  raise(positions: ReadonlyMap<string, bigint>): Promise<void>;
  /** Hands batches to `consumer` until it is stopped. What a consumer that died had in hand comes again, in order. */
  consume(consumer: BatchConsumer): Promise<Consumption>;
  depth(): Promise<QueueDepth>;
  /** Oldest first. */
  deadLetters(): Promise<DeadLetter[]>;
  /** Undefined where there is no such dead letter. */
  deadLetter(id: string): Promise<{ letter: DeadLetter; bytes: Uint8Array } | undefined>;
  /** Puts a dead letter behind what waits of its host; false where there is no such dead letter. */
  replay(id: string): Promise<boolean>;
  /** Forgets a dead letter for good; false where there is no such dead letter. */
  discard(id: string): Promise<boolean>;
  /** Whether a batch could be accepted now. Throws QueueError `unavailable` where it could not. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Consumption {
  /** Takes no more, and resolves once what was in hand is folded or given back. */
  stop(): Promise<void>;
}

/** Thrown by a consumer whose store can't take anything now: the same batches come again after a while, in order. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** An operational failure of a queue. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: 'full' | 'late' | 'unavailable' | 'not-durable' | 'closed';
  readonly hint: string | undefined;
  constructor(code: QueueError['code'], message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Batches without numbers that a stream remembers. */
export const keys_max = 256;

/** Bounds that both implementations keep. */
export interface QueueBounds {
  /** Of what is kept: batches that wait, and dead letters. */
  readonly bytes_max: number;
  readonly batches_max: number;
  /** How often a batch is tried by itself before it is put among the dead letters. */
  readonly attempts_max: number;
  /** How often a batch may be in hand when its consumer dies before it is held to be what kills consumers. */
  readonly deaths_max: number;
  /** Batches and bytes handed over at once. */
  readonly handed_batches_max: number;
  readonly handed_bytes_max: number;
  /** Hosts whose batches are in hand at once. */
  readonly hosts_max: number;
  /** Pause after a failure; doubled for each further one, up to half a minute. */
  readonly retry_ms_min: number;
}

export const defaultQueueBounds: QueueBounds = {
  bytes_max: 2 ** 30,
  batches_max: 16_384,
  attempts_max: 3,
  deaths_max: 12,
  handed_batches_max: 64,
  handed_bytes_max: 16 << 20,
  hosts_max: 8,
  retry_ms_min: 250,
};
