/**
 * The readers of streams between batches: each goes on where it was, in this process or in one before it. What they
 * hold half-read, and how far each stream was read, is committed with what was folded. It must not know queues.
 */
import { type ContentType, parseContentType } from '../contract/batch.ts';
import { type StreamName, streamKey } from '../core/batch-queue.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { FoldItem } from '../core/upg/fold.ts';
import { type BatchDecoder, decoders } from './batch-decoder.ts';

export interface ReaderContext {
  readonly emit: (stream: string, item: FoldItem) => void;
  readonly diagnose: (d: Diagnostic) => void;
}

/** Readers kept open; the others are made again from what was committed of them. */
const open_max = 256;
const statePrefix = 'stream ';
/** Under which a store keeps how far a stream was read. */
const positionPrefix = 'batches ';
const contentTypeKey = 'content-type';

/** Positions of streams of batches, by stream, out of all that a store has. */
export function streamPositions(positions: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map(
    [...positions].flatMap(([key, next]) =>
      key.startsWith(positionPrefix) ? [[key.slice(positionPrefix.length), next] as const] : [],
    ),
  );
}

export class StreamReaders {
  readonly #context: ReaderContext;
  readonly #positions: Map<string, bigint>;
  readonly #moved = new Set<string>();
  /** By stream: state by key, as it was or will be committed. */
  readonly #saved = new Map<string, Map<string, string>>();
  /** The one used last stands last. */
  readonly #open = new Map<string, BatchDecoder>();
  readonly #dirty = new Set<string>();
  readonly #forgotten = new Map<string, undefined>();

  constructor(
    state: ReadonlyMap<string, string>,
    positions: ReadonlyMap<string, bigint>,
    context: ReaderContext,
  ) {
    this.#context = context;
    this.#positions = streamPositions(positions);
    for (const [key, json] of state) {
      if (!key.startsWith(statePrefix)) continue;
      const end = key.indexOf(' ', statePrefix.length);
      this.#savedOf(key.slice(statePrefix.length, end)).set(key.slice(end + 1), json);
    }
  }

  /** Number of the record that the stream wants next; undefined for a new one. */
  position(stream: StreamName): bigint | undefined {
    return this.#positions.get(streamKey(stream));
  }

  moveTo(stream: StreamName, next: bigint): void {
    const key = streamKey(stream);
    this.#positions.set(key, next);
    this.#moved.add(key);
  }

  /** The reader that goes on with `stream`. Throws where no reader knows the content type. */
  reader(stream: StreamName, contentType: string, notAfter: bigint): BatchDecoder {
    const key = streamKey(stream);
    if (this.#contentTypeOf(key) !== contentType) {
      this.#endOthers(stream);
      this.#end(key);
    }
    const reader = this.#opened(key, stream, contentType, notAfter);
    this.#open.delete(key);
    this.#open.set(key, reader);
    this.#dirty.add(key);
    return reader;
  }

  /** Moves what changed since the last call into what is to be committed. */
  drainInto(state: Map<string, string | undefined>, positions: Map<string, bigint>): void {
    for (const key of this.#forgotten.keys()) state.set(key, undefined);
    this.#forgotten.clear();
    for (const key of this.#dirty) {
      const changes = new Map<string, string | undefined>();
      this.#open.get(key)?.drainInto(changes);
      const saved = this.#savedOf(key);
      for (const [part, json] of changes) {
        if (json === undefined) saved.delete(part);
        else saved.set(part, json);
        state.set(`${statePrefix}${key} ${part}`, json);
      }
      state.set(`${statePrefix}${key} ${contentTypeKey}`, saved.get(contentTypeKey));
    }
    this.#dirty.clear();
    for (const key of this.#moved) positions.set(positionPrefix + key, this.#positions.get(key)!);
    this.#moved.clear();
    for (const key of this.#open.keys()) {
      if (this.#open.size <= open_max) break;
      this.#open.delete(key);
    }
  }

  #opened(key: string, stream: StreamName, contentType: string, notAfter: bigint): BatchDecoder {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const decoder = openDecoder(stream, contentType, notAfter, this.#savedOf(key), this.#context);
    this.#savedOf(key).set(contentTypeKey, contentType);
    return decoder;
  }

  /** A host that booted, or a sensor that was restarted as another, sends no more of what it sent before. */
  #endOthers({ host, boot, source }: StreamName): void {
    for (const key of [...this.#saved.keys()]) {
      const [otherHost, otherBoot, otherSource] = key.split('/');
      if (otherHost === host && otherSource === source && otherBoot !== boot) this.#end(key);
    }
  }

  #end(key: string): void {
    const saved = this.#saved.get(key);
    const contentType = saved?.get(contentTypeKey);
    if (saved === undefined || contentType === undefined) return;
    const [host, boot, source] = key.split('/') as [string, string, string];
    const decoder =
      this.#open.get(key) ?? openDecoder({ host, boot, source }, contentType, 0n, saved, this.#context);
    decoder.end();
    for (const part of saved.keys()) this.#forgotten.set(`${statePrefix}${key} ${part}`, undefined);
    this.#open.delete(key);
    this.#dirty.delete(key);
    this.#saved.delete(key);
  }

  #contentTypeOf(key: string): string | undefined {
    return this.#saved.get(key)?.get(contentTypeKey);
  }

  #savedOf(key: string): Map<string, string> {
    let saved = this.#saved.get(key);
    if (saved === undefined) {
      saved = new Map();
      this.#saved.set(key, saved);
    }
    return saved;
  }
}

/** Throws where no reader knows the content type. */
export function openDecoder(
  stream: StreamName,
  contentType: string,
  notAfter: bigint,
  saved: ReadonlyMap<string, string>,
  { emit, diagnose }: ReaderContext,
): BatchDecoder {
  const parsed: ContentType | undefined = parseContentType(contentType);
  const open = parsed === undefined ? undefined : decoders[parsed.mediaType];
  if (open === undefined) throw new Error(`this worker has no reader for ${contentType}`);
  const { parameters } = parsed!;
  const name = parameters.get('name') ?? stream.source;
  const key = streamKey(stream);
  // Lines can name a host of their own, and a sender speaks for one: it gets no other's name.
  const given = (item: FoldItem): void =>
    emit(key, item.host === stream.host ? item : { ...item, host: `${item.host}@${stream.host}` });
  return open({ stream, name, parameters, notAfter, saved, emit: given, diagnose });
}
