/**
 * Who called for a log write, as the kernel walked the stack: the record before the write's on its processor. What a
 * frame's number means was said earlier in the stream. It must not know profiles, nor what was written.
 */
import { type CallStack, type CodePlace, stackEnds } from '../app-log/call-stack.ts';
import { StateTable } from '../state-table.ts';
import type { RecordView } from './record-view.ts';

interface ObjectFile {
  readonly path: string;
  /** Hex; empty where it has none. */
  readonly build: string;
}

interface Pending {
  readonly sequence: number;
  readonly tid: number;
  readonly end: number;
  /** Number of the object and address in it, in turns. */
  readonly frames: readonly number[];
}

/** Objects that are remembered: those named last. */
const objects_max = 16_384;
const frame_bytes = 8;
/** Low bits of a frame's higher half are the address's highest. */
const addressHigh_bits = 8;

export class CallStacks {
  readonly #objects: StateTable<ObjectFile>;
  /** By processor. */
  readonly #pending: StateTable<Pending>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#objects = new StateTable('stack-object', saved);
    this.#pending = new StateTable('stack', saved);
  }

  object(record: RecordView): void {
    const key = String(record.args[0]);
    this.#objects.delete(key);
    this.#objects.set(key, { path: record.text('path'), build: record.text('payload') });
    if (this.#objects.size <= objects_max) return;
    const [oldest] = this.#objects.entries().next().value!;
    this.#objects.delete(oldest);
  }

  stack(record: RecordView): void {
    const bytes = record.textBytes('payload');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: number[] = [];
    for (let at = 0; at + frame_bytes <= bytes.length; at += frame_bytes) {
      const [low, high] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      frames.push(high >>> addressHigh_bits, (high & 0xff) * 2 ** 32 + low);
    }
    const { sequence, tid, result: end } = record;
    this.#pending.set(String(record.cpu), { sequence, tid, end, frames });
  }

  /** Of the write of this record; undefined where none was told, or it was lost. */
  of({ cpu, sequence, tid }: RecordView): CallStack | undefined {
    const key = String(cpu);
    const pending = this.#pending.get(key);
    if (pending === undefined) return undefined;
    this.#pending.delete(key);
    if (pending.sequence !== sequence - 1 || pending.tid !== tid) return undefined;
    return { end: stackEnds[pending.end] ?? 'unknown', places: this.#places(pending.frames) };
  }

  /** Numbers mean something else from now on. */
  restart(): void {
    for (const table of [this.#objects, this.#pending])
      for (const [key] of [...table.entries()]) table.delete(key);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#objects.drainInto(into);
    this.#pending.drainInto(into);
  }

  /** A place in an object that was not named is left out: it says nothing. */
  #places(frames: readonly number[]): CodePlace[] {
    const places: CodePlace[] = [];
    for (let at = 0; at < frames.length; at += 2) {
      const object = this.#objects.get(String(frames[at]));
      if (object !== undefined) places.push({ ...object, address: frames[at + 1]! });
    }
    return places;
  }
}
