/**
 * Frames in files of bounded size, in one order. Many appends share one write and one sync; a tail that a crash tore
 * off is cut away when the log is opened. It must not know what frames are for.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeFrame, nextFrame, readFrame } from './frame.ts';

export interface Place {
  readonly segment: number;
  readonly at: number;
  readonly bytes: number;
  readonly crc: number;
}

interface Segment {
  readonly number: number;
  readonly handle: FileHandle;
  size: number;
}

interface Append {
  readonly header: unknown;
  readonly payload: Uint8Array | undefined;
  readonly isDurable: boolean;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: unknown) => void;
}

/** Of one write. */
const write_bytes_max = 16 << 20;

export interface SegmentLogOptions {
  readonly folder: string;
  readonly segment_bytes_max: number;
  /** Header of a new segment's first frame: what must be known when all older ones are gone. */
  readonly summary: () => unknown;
}

export class SegmentLog {
  readonly #options: SegmentLogOptions;
  readonly #segments = new Map<number, Segment>();
  #current: Segment | undefined;
  #waiting: Append[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: SegmentLogOptions) {
    this.#options = options;
  }

  /** Gives every frame that is there, oldest first; `damaged`: its payload is not what was written. */
  async open(each: (header: unknown, place: Place, damaged: boolean) => void): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true });
    const numbers = (await readdir(this.#options.folder))
      .flatMap((name) => /^(\d+)\.segment$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    for (const number of numbers) {
      const handle = await open(this.#path(number), 'r+');
      const size = scan(await readFile(this.#path(number)), number, each);
      await handle.truncate(size);
      this.#current = { number, handle, size };
      this.#segments.set(number, this.#current);
    }
  }

  /** Resolves when it is written and, with `isDurable`, on disk. */
  append(header: unknown, payload: Uint8Array | undefined, isDurable: boolean): Promise<Place> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ header, payload, isDurable, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** Undefined where the bytes are not those that were written. */
  async read(place: Place): Promise<Buffer | undefined> {
    const bytes = Buffer.allocUnsafe(place.bytes);
    const { bytesRead } = await this.#segments
      .get(place.segment)!
      .handle.read(bytes, 0, place.bytes, place.at);
    return bytesRead === place.bytes && crc32(bytes) === place.crc ? bytes : undefined;
  }

  /** Bytes in all files. */
  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#segments.values()) bytes += size;
    return bytes;
  }

  get currentSegment(): number {
    return this.#current?.number ?? -1;
  }

  /** Numbers of all segments but the one being written, oldest first. */
  finished(): number[] {
    return [...this.#segments.keys()].filter((number) => number !== this.currentSegment);
  }

  async drop(number: number): Promise<void> {
    const segment = this.#segments.get(number)!;
    this.#segments.delete(number);
    await segment.handle.close();
    await rm(this.#path(number));
  }

  async close(): Promise<void> {
    await this.#writing;
    for (const { handle } of this.#segments.values()) await handle.close();
    this.#segments.clear();
  }

  async #write(): Promise<void> {
    // Whoever appends in the same turn shares the write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        const segment = await this.#segmentWithRoom();
        const places = await this.#writeGroup(segment, group);
        group.forEach(({ resolve }, i) => {
          resolve(places[i]!);
        });
      } catch (error) {
        // What came behind counted on it.
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#writing = undefined;
  }

  #nextGroup(): Append[] {
    let bytes = 0;
    let count = 0;
    for (const { payload } of this.#waiting) {
      bytes += payload?.length ?? 0;
      if (count > 0 && bytes > write_bytes_max) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(segment: Segment, group: readonly Append[]): Promise<Place[]> {
    const parts: Uint8Array[] = [];
    const places: Place[] = [];
    const start = segment.size;
    let at = start;
    for (const { header, payload } of group) {
      const [prefix, text, bytes] = encodeFrame(header, payload) as [Buffer, Buffer, Uint8Array];
      const payloadAt = at + prefix.length + text.length;
      places.push({
        segment: segment.number,
        at: payloadAt,
        bytes: bytes.length,
        crc: prefix.readUInt32LE(12),
      });
      parts.push(prefix, text, bytes);
      at = payloadAt + bytes.length;
    }
    try {
      await writeAll(segment.handle, parts, start, at - start);
      if (group.some(({ isDurable }) => isDurable)) await segment.handle.datasync();
    } catch (error) {
      // Nobody may build on what is half there, nor on a file whose sync has failed.
      this.#current = undefined;
      await segment.handle.truncate(start).catch(() => {});
      throw error;
    }
    segment.size = at;
    return places;
  }

  async #segmentWithRoom(): Promise<Segment> {
    if (this.#current !== undefined && this.#current.size < this.#options.segment_bytes_max)
      return this.#current;
    const number = Math.max(-1, ...this.#segments.keys()) + 1;
    const handle = await open(this.#path(number), 'wx+');
    const segment: Segment = { number, handle, size: 0 };
    try {
      const parts = encodeFrame(this.#options.summary());
      segment.size = parts.reduce((sum, { length }) => sum + length, 0);
      await writeAll(handle, parts, 0, segment.size);
      await handle.datasync();
      await syncFolder(this.#options.folder);
    } catch (error) {
      await handle.close();
      await rm(this.#path(number), { force: true });
      throw error;
    }
    this.#segments.set(number, segment);
    this.#current = segment;
    return segment;
  }

  #path(number: number): string {
    return join(this.#options.folder, `${String(number).padStart(10, '0')}.segment`);
  }
}

/** A file made in it, or renamed, is there after a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], at: number, bytes: number) {
  const { bytesWritten } = await handle.writev([...parts], at);
  // The system says why only when asked again.
  if (bytesWritten < bytes)
    await handle.write(Buffer.concat(parts), bytesWritten, undefined, at + bytesWritten);
}

/** Where the last whole frame ends. */
function scan(
  file: Buffer,
  segment: number,
  each: (header: unknown, place: Place, damaged: boolean) => void,
): number {
  let end = 0;
  for (let at: number | undefined = 0; at !== undefined; ) {
    const frame = readFrame(file, at);
    if (frame === undefined) {
      at = nextFrame(file, at + 1);
      continue;
    }
    const payload = file.subarray(frame.payloadAt, frame.end);
    const damaged = crc32(payload) !== frame.payloadCrc;
    // A frame that was torn within its payload is the tail; one with others behind it was whole once.
    if (damaged && nextFrame(file, frame.end) === undefined) return end;
    const place = { segment, at: frame.payloadAt, bytes: frame.payloadBytes, crc: frame.payloadCrc };
    each(frame.header, place, damaged);
    end = frame.end;
    at = frame.end;
  }
  return end;
}
