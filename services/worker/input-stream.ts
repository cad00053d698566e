/**
 * Opens an input as bytes: a file or standard input, plain, gzip or zstd by its first bytes. It must not know what
 * the bytes mean.
 */
import { open, stat } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ZstdFrames } from '../runtime/zstd-frames.ts';

export interface InputFile {
  /** As diagnostics and answers call it. */
  readonly name: string;
  /** `-` is standard input. */
  readonly path: string;
  readonly format?: string | undefined;
  readonly container?: string | undefined;
}

/** An input that can't be read: what, where and what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code:
    | 'missing'
    | 'unreadable'
    | 'directory'
    | 'damaged'
    | 'binary'
    | 'profile'
    | 'format'
    | 'identity';
  readonly hint: string | undefined;
  constructor(code: InputError['code'], message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

const chunk_bytes = 1 << 18;

/** Bytes on disk; undefined for standard input. Throws InputError where there is no such file. */
export async function inputSize(input: InputFile): Promise<number | undefined> {
  if (input.path === '-') return undefined;
  try {
    const info = await stat(input.path);
    if (info.isDirectory()) {
      throw new InputError('directory', `${input.path} is a folder`, { hint: 'name the files in it' });
    }
    return info.isFile() ? info.size : undefined;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InputError('missing', `no file ${input.path}`, { cause });
    throw new InputError('unreadable', `${input.path} can't be read (${code})`, { cause });
  }
}

/** When the input was last written (ns since the epoch); now, for standard input. Throws as `inputSize`. */
export async function inputDate(input: InputFile): Promise<bigint> {
  if (input.path === '-') return BigInt(Date.now()) * 1_000_000n;
  await inputSize(input);
  return (await stat(input.path, { bigint: true })).mtimeNs;
}

/**
 * The input's content, decompressed; `onRead` is told the bytes read from disk, and `onCompressed` that they are
 * compressed. Throws InputError.
 */
export async function* readInput(
  input: InputFile,
  onRead: (bytes: number) => void,
  onCompressed?: () => void,
): AsyncGenerator<Uint8Array> {
  const raw: AsyncIterable<Buffer> = input.path === '-' ? process.stdin : fileChunks(input.path);
  const iterator = raw[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(iterator);
    onRead(head.length);
    const counted = count(head, iterator, onRead);
    const packing = packingOf(head);
    if (packing !== undefined) onCompressed?.();
    if (packing === undefined) yield* counted;
    else if (packing === 'gzip') yield* unpackedGzip(counted);
    else yield* unpackedZstd(counted);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw readError(input, cause as NodeJS.ErrnoException);
  } finally {
    if (input.path !== '-') await iterator.return?.();
  }
}

/** As a stream would give them, without the stream: that alone takes longer to begin than a small file to read. */
async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(chunk_bytes), 0, chunk_bytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function firstBytes(iterator: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* count(
  head: Buffer,
  rest: AsyncIterator<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    onRead(next.value.length);
    yield next.value;
  }
}

function packingOf(head: Buffer): 'gzip' | 'zstd' | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  return undefined;
}

async function* unpackedGzip(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const unpacking = new Unpacking(createGunzip());
  try {
    for await (const bytes of source) yield* unpacking.feed(bytes);
    yield* unpacking.end();
  } finally {
    unpacking.destroy();
  }
}

/** Each frame by a decoder of its own. */
async function* unpackedZstd(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames();
  let unpacking: Unpacking | undefined;
  try {
    for await (const bytes of source) {
      for (const { kind, begin, end, isLast } of frames.parts(bytes)) {
        if (kind === 'skipped') continue;
        unpacking ??= new Unpacking(createZstdDecompress());
        yield* unpacking.feed(bytes.subarray(begin, end));
        if (!isLast) continue;
        yield* unpacking.end();
        unpacking = undefined;
      }
    }
    if (unpacking !== undefined) yield* unpacking.end();
  } finally {
    unpacking?.destroy();
  }
}

/** A stream that fails drops what it has not given yet: here all that stands before the damage is given first. */
class Unpacking {
  readonly #decoder: Duplex;
  #failure: unknown;
  #wake = (): void => {};

  constructor(decoder: Duplex) {
    this.#decoder = decoder;
    const onEvent = (): void => this.#wake();
    decoder.on('readable', onEvent).on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *feed(bytes: Uint8Array): AsyncGenerator<Buffer> {
    const decoder = this.#decoder;
    let isTaken = false;
    decoder.write(bytes, () => {
      isTaken = true;
      this.#wake();
    });
    while (this.#failure === undefined && !(isTaken && decoder.readableLength === 0)) {
      const chunk = decoder.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (!isTaken && this.#failure === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async *end(): AsyncGenerator<Buffer> {
    this.#decoder.end();
    for await (const chunk of this.#decoder) yield chunk as Buffer;
  }

  destroy(): void {
    this.#decoder.destroy();
  }
}

function readError(input: InputFile, cause: NodeJS.ErrnoException): InputError {
  const code = cause.code ?? '';
  if (code.startsWith('Z_') || code.startsWith('ZSTD')) {
    return new InputError(
      'damaged',
      `${input.name} is cut short or damaged: its compressed data ends early or is wrong`,
      {
        cause,
        hint: 'copy it again; what came before the damage is kept',
      },
    );
  }
  return new InputError('unreadable', `${input.name} can't be read (${code || cause.message})`, { cause });
}
