/**
 * One input as a queue of fold inputs in the order that it holds them, read no further than the merge needs. Names
 * the input's stream by its content, so that the same file given again (or grown, or compressed) is known.
 */
import { createHash } from 'node:crypto';
import type { FoldInput } from '../core/upg/fold.ts';
import { InputError, type InputFile, readInput } from './input-stream.ts';

/** A reader of one format: bytes in, items out through the callback that it was made with. */
export interface ItemReader {
  write(bytes: Uint8Array): void;
  end(): void;
  /** The end for now: what may not be whole yet is not given, and is there again when all is read anew. */
  pause(): void;
}

/** Time (ns) by which an item should be merged with those of other inputs. */
export type MergeTime = (item: FoldInput['item']) => bigint | undefined;

interface Queued {
  readonly input: FoldInput;
  readonly time: bigint;
}

export class InputSource {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #reader: ItemReader;
  readonly #mergeTime: MergeTime;
  readonly #file: InputFile;
  readonly #kind: string;
  readonly #named: boolean;
  #stream: string | undefined;
  #queue: Queued[] = [];
  #at = 0;
  #position = 0n;
  #line = 0n;
  #time = 0n;
  #items: FoldInput['item'][] = [];
  #growing: boolean;
  ended = false;
  /** Why the input ended before its end. */
  damage: InputError | undefined;

  constructor(
    file: InputFile,
    kind: string,
    /** Whether the file's name tells its stream from others, beside its first line. */
    named: boolean,
    mergeTime: MergeTime,
    makeReader: (emit: (item: FoldInput['item']) => void) => ItemReader,
    onRead: (bytes: number) => void,
    /** Whether a plain input is still being written: its end is left for the next import. */
    growing: boolean,
  ) {
    this.#file = file;
    this.#kind = kind;
    this.#named = named;
    this.#mergeTime = mergeTime;
    this.#growing = growing;
    this.#chunks = readInput(file, onRead, () => {
      this.#growing = false;
    });
    this.#reader = makeReader((item) => this.#items.push(item));
  }

  /** Reads until an item is at hand; false at the end. */
  async fill(): Promise<boolean> {
    while (this.#at >= this.#queue.length && !this.ended) {
      const next = await this.#nextChunk();
      if (next.done === true) {
        this.#stream ??= this.#nameStream(new Uint8Array());
        if (this.#growing || this.damage !== undefined) this.#reader.pause();
        else this.#reader.end();
        this.ended = true;
      } else {
        this.#stream ??= this.#nameStream(next.value);
        this.#reader.write(next.value);
      }
      this.#enqueue();
    }
    return this.#at < this.#queue.length;
  }

  /** Merge time of the next item; only after `fill` said true. */
  get time(): bigint {
    return this.#queue[this.#at]!.time;
  }

  get hasNext(): boolean {
    return this.#at < this.#queue.length;
  }

  next(): FoldInput {
    return this.#queue[this.#at++]!.input;
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  async #nextChunk(): Promise<IteratorResult<Uint8Array, void>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== 'damaged') throw error;
      this.damage = error;
      return { done: true, value: undefined };
    }
  }

  #enqueue(): void {
    this.#queue = this.#queue.slice(this.#at);
    this.#at = 0;
    for (const item of this.#items) {
      const time = this.#mergeTime(item);
      if (time !== undefined && time > this.#time) this.#time = time;
      const position = item.kind === 'line' ? this.#line++ : this.#position++;
      this.#queue.push({
        input: { stream: this.#stream!, position, item },
        time: this.#time,
      });
    }
    this.#items = [];
  }

  #nameStream(head: Uint8Array): string {
    const end = head.indexOf(10);
    const line = head.subarray(0, Math.min(end < 0 ? head.length : end, 4_096));
    // Audit's first line has a time and serial that no other has; a log's may be the same as another's.
    const base = this.#file.path.split('/').at(-1) ?? '';
    const name = this.#named ? base.replace(/(\.\d+)?(\.gz|\.zst)?$/, '') : '';
    const digest = createHash('sha256').update(name).update('\0').update(line).digest('hex').slice(0, 16);
    return `${this.#kind}/${digest}`;
  }
}
