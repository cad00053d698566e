/**
 * One file of the spool: a line that says which stream it is of, then frames. Written at its end alone; what a crash
 * left half written at the end is cut off. It must not know other segments.
 */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrame, decodeHead, encodeFrame, type Frame, frameBytes, frameHead_bytes } from './frame.ts';

export interface StreamName {
  readonly host: string;
  readonly boot: string;
  readonly source: string;
}

export interface SegmentHead extends StreamName {
  /** Number of the first record that goes in, and what was to be remembered before it. */
  readonly first: string;
  readonly memo: string;
}

/** Where a frame is, without its content. */
export interface FramePlace {
  readonly offset: number;
  readonly bytes: number;
  readonly first: bigint;
  readonly count: number;
  readonly from: bigint;
  readonly until: bigint;
}

const head_bytes_max = 1 << 20;

export class Segment {
  readonly file: string;
  readonly head: SegmentHead;
  readonly #handle: FileHandle;
  readonly places: FramePlace[] = [];
  /** Bytes that are whole frames. */
  bytes: number;
  memo: string;
  /** Bytes that were cut off when it was opened. */
  torn_bytes = 0;
  #isDirty = false;

  private constructor(file: string, head: SegmentHead, handle: FileHandle, bytes: number) {
    this.file = file;
    this.head = head;
    this.#handle = handle;
    this.bytes = bytes;
    this.memo = head.memo;
  }

  /** Rejects with what the file system says. */
  static async create(folder: string, number: number, head: SegmentHead): Promise<Segment> {
    const file = join(folder, `${String(number).padStart(12, '0')}.spool`);
    const handle = await open(file, 'wx+', 0o600);
    const line = Buffer.from(`${JSON.stringify(head)}\n`);
    try {
      await handle.writeFile(line);
    } catch (error) {
      await handle.close();
      await unlink(file);
      throw error;
    }
    return new Segment(file, head, handle, line.length);
  }

  /** Undefined where the file has no head: it was made as the agent was killed. */
  static async open(file: string): Promise<Segment | undefined> {
    const handle = await open(file, 'r+');
    const { size } = await handle.stat();
    const start = Buffer.alloc(Math.min(size, head_bytes_max));
    await handle.read(start, 0, start.length, 0);
    const end = start.indexOf(10);
    const head = end < 0 ? undefined : readHead(start.toString('utf8', 0, end));
    if (head === undefined) {
      await handle.close();
      return undefined;
    }
    const segment = new Segment(file, head, handle, end + 1);
    await segment.#scan(size);
    return segment;
  }

  get next(): bigint {
    const last = this.places.at(-1);
    return last === undefined ? BigInt(this.head.first) : last.first + BigInt(last.count);
  }

  /** Rejects with what the file system says; then nothing of the frame is there. */
  async append(frame: Frame): Promise<void> {
    const bytes = encodeFrame(frame);
    const offset = this.bytes;
    try {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(
          bytes,
          written,
          bytes.length - written,
          offset + written,
        );
        written += bytesWritten;
      }
    } catch (error) {
      await this.#handle.truncate(offset).catch(() => {});
      throw error;
    }
    const { first, count, from, until } = frame;
    this.places.push({ offset, bytes: bytes.length, first, count, from, until });
    this.bytes += bytes.length;
    this.memo = frame.memo;
    this.#isDirty = true;
  }

  /** Undefined where the frame was damaged since. */
  async read(place: FramePlace): Promise<Frame | undefined> {
    const bytes = Buffer.alloc(place.bytes);
    const { bytesRead } = await this.#handle.read(bytes, 0, place.bytes, place.offset);
    return bytesRead === place.bytes ? decodeFrame(bytes) : undefined;
  }

  /** On the disk itself, so that a loss of power keeps it. */
  async sync(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #scan(size: number): Promise<void> {
    const head = Buffer.alloc(frameHead_bytes);
    let last = -1;
    while (this.bytes + frameHead_bytes <= size) {
      await this.#handle.read(head, 0, frameHead_bytes, this.bytes);
      const found = decodeHead(head);
      if (found === undefined || this.bytes + frameBytes(found) > size) break;
      const { first, count, from, until } = found;
      const bytes = frameBytes(found);
      this.places.push({ offset: this.bytes, bytes, first, count, from, until });
      last = this.bytes;
      this.bytes += bytes;
    }
    const newest = last < 0 ? undefined : await this.read(this.places.at(-1)!);
    if (last >= 0 && newest === undefined) {
      // Its length was written and its content was not.
      this.places.pop();
      this.bytes = last;
    }
    this.memo = (newest ?? (await this.#lastFrame()))?.memo ?? this.head.memo;
    this.torn_bytes = size - this.bytes;
    if (this.torn_bytes > 0) await this.#handle.truncate(this.bytes);
  }

  async #lastFrame(): Promise<Frame | undefined> {
    const place = this.places.at(-1);
    return place === undefined ? undefined : await this.read(place);
  }
}

function readHead(line: string): SegmentHead | undefined {
  try {
    const head = JSON.parse(line) as Partial<SegmentHead>;
    const texts = [head.host, head.boot, head.source, head.first, head.memo];
    return texts.every((text) => typeof text === 'string') && /^\d+$/.test(head.first!)
      ? (head as SegmentHead)
      : undefined;
  } catch {
    return undefined;
  }
}
