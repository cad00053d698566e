/** A batch without its bytes, as JSON keeps it, and back. */
import type { Batch, BatchEncoding, DeadLetter, QueuedBatch } from '../../core/batch-queue.ts';

export interface BatchHeader {
  readonly id: string;
  readonly host: string;
  readonly boot: string;
  readonly source: string;
  readonly first: string;
  readonly last: string;
  readonly contentType: string;
  readonly encoding: BatchEncoding;
  readonly acceptedAt: number;
  readonly isReplay: boolean;
  /** Of a batch that came without numbers. */
  readonly key?: string | undefined;
}

export function batchHeader(
  { stream, first, last, contentType, encoding }: Omit<Batch, 'bytes'>,
  id: string,
  acceptedAt: number,
  isReplay: boolean,
  key?: string,
): BatchHeader {
  const { host, boot, source } = stream;
  const numbers = { first: String(first), last: String(last) };
  return { id, host, boot, source, ...numbers, contentType, encoding, acceptedAt, isReplay, key };
}

export function queuedBatch(header: BatchHeader, bytes: Uint8Array): QueuedBatch {
  const { id, host, boot, source, first, last, contentType, encoding, acceptedAt, isReplay } = header;
  const stream = { host, boot, source };
  const numbers = { first: BigInt(first), last: BigInt(last) };
  return { id, stream, ...numbers, contentType, encoding, bytes, acceptedAt, isReplay };
}

export interface LetterHeader extends BatchHeader {
  readonly reason: string;
  readonly failedAt: number;
  readonly size: number;
}

export function deadLetterOf({ reason, failedAt, size, ...header }: LetterHeader): DeadLetter {
  const { bytes: _, isReplay: __, ...batch } = queuedBatch(header, new Uint8Array());
  return { ...batch, size, reason, failedAt };
}
