/**
 * Follows one file that others write: over rotation (renamed, or copied and truncated), and from where it was left.
 * Gives whole lines; half a line waits for its end. It must not know what a line says.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface TailPosition {
  readonly device: number;
  readonly inode: number;
  /** Everything before it was given. */
  readonly offset: number;
}

export interface FileTailOptions {
  readonly path: string;
  /** Where to go on; undefined for a file that was never followed. */
  readonly position: TailPosition | undefined;
  /** Of a file that was never followed: from its beginning, or only what comes from now on. */
  readonly fromStart: boolean;
  /** Whole lines with their ends; or a line that is given without, for it is too long or nothing follows. */
  readonly onLines: (lines: Buffer, from: TailPosition) => void;
  readonly onNote: (note: 'log-rotated' | 'log-truncated', text: string) => void;
}

const chunk_bytes = 64 << 10;
/** Read at once of one file, so that a busy one does not starve the others. */
const turn_bytes_max = 4 << 20;
const line_bytes_max = 16_384;
const newline = 10;

export class FileTail {
  readonly #options: FileTailOptions;
  #handle: FileHandle | undefined;
  #position: TailPosition | undefined;
  /** What was read behind the last whole line. */
  #half = Buffer.alloc(0);
  #fromStart: boolean;

  constructor(options: FileTailOptions) {
    this.#options = options;
    this.#position = options.position;
    this.#fromStart = options.fromStart;
  }

  get position(): TailPosition | undefined {
    return this.#position;
  }

  /** Reads what there is. Rejects with what the file system says, but for a file that is not there. */
  async poll(): Promise<void> {
    if (this.#handle === undefined && !(await this.#open())) return;
    await this.#read();
    await this.#followRotation();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #open(): Promise<boolean> {
    const { path } = this.#options;
    const left = this.#position;
    const file = left === undefined ? path : await this.#leftFile(left);
    const handle = await openIfThere(file);
    if (handle === undefined) return false;
    const { dev: device, ino: inode, size } = await handle.stat();
    const isSame = left !== undefined && left.device === device && left.inode === inode;
    const offset = isSame ? left.offset : this.#fromStart || left !== undefined ? 0 : size;
    this.#fromStart = true;
    this.#handle = handle;
    this.#half = Buffer.alloc(0);
    this.#position = { device, inode, offset };
    return true;
  }

  /** The file that was followed last, which may have been rotated away meanwhile. */
  async #leftFile(left: TailPosition): Promise<string> {
    const { path } = this.#options;
    if (await isFile(path, left)) return path;
    const folder = dirname(path);
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((n) => n.startsWith(basename(path)))) {
      if (await isFile(join(folder, name), left)) return join(folder, name);
    }
    return path;
  }

  async #read(): Promise<void> {
    const chunk = Buffer.alloc(chunk_bytes);
    for (let turn = 0; turn < turn_bytes_max; ) {
      const at = this.#position!.offset + this.#half.length;
      const { size } = await this.#handle!.stat();
      if (size < at) {
        this.#giveHalf();
        this.#position = { ...this.#position!, offset: 0 };
        this.#options.onNote('log-truncated', `${this.#options.path} was cut to ${size} bytes`);
        continue;
      }
      const { bytesRead } = await this.#handle!.read(chunk, 0, chunk_bytes, at);
      if (bytesRead === 0) return;
      turn += bytesRead;
      this.#take(chunk.subarray(0, bytesRead));
    }
  }

  #take(bytes: Buffer): void {
    const whole = this.#half.length === 0 ? bytes : Buffer.concat([this.#half, bytes]);
    const end = whole.lastIndexOf(newline) + 1;
    if (end > 0) this.#give(whole.subarray(0, end));
    this.#half = Buffer.from(whole.subarray(end));
    if (this.#half.length >= line_bytes_max) this.#giveHalf();
  }

  #give(lines: Buffer): void {
    const from = this.#position!;
    this.#options.onLines(lines, from);
    this.#position = { ...from, offset: from.offset + lines.length };
  }

  #giveHalf(): void {
    const half = this.#half;
    this.#half = Buffer.alloc(0);
    if (half.length > 0) this.#give(half);
  }

  async #followRotation(): Promise<void> {
    if (await isFile(this.#options.path, this.#position!)) return;
    const next = await openIfThere(this.#options.path);
    // Between the renaming of the old file and the making of the new one.
    if (next === undefined) return;
    // Its writer may have written until it opened the new one.
    await this.#read();
    this.#giveHalf();
    await this.close();
    const { dev: device, ino: inode } = await next.stat();
    this.#handle = next;
    this.#position = { device, inode, offset: 0 };
    this.#options.onNote('log-rotated', `${this.#options.path} is another file now`);
    await this.#read();
  }
}

async function isFile(path: string, { device, inode }: TailPosition): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.dev === device && found.ino === inode;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
