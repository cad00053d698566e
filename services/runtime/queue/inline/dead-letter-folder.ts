/** Dead letters of the inline queue: a file each, whole or absent. It must not know why a batch died. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { LetterHeader } from '../batch-header.ts';
import { writeDurableFile } from './durable-file.ts';
import { encodeFrame, readFrame } from './frame.ts';
import { syncFolder } from './segment-log.ts';

const suffix = '.letter';

export class DeadLetterFolder {
  readonly #folder: string;
  readonly #headers = new Map<string, LetterHeader>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      if (!name.endsWith(suffix)) {
        // Never finished.
        await rm(path, { force: true });
        continue;
      }
      const header = readFrame(await readFile(path), 0)?.header as LetterHeader | undefined;
      if (header !== undefined) this.#headers.set(header.id, header);
    }
  }

  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#headers.values()) bytes += size;
    return bytes;
  }

  get count(): number {
    return this.#headers.size;
  }

  /** Oldest first. */
  all(): LetterHeader[] {
    return [...this.#headers.values()].sort((a, b) => a.failedAt - b.failedAt || (a.id < b.id ? -1 : 1));
  }

  header(id: string): LetterHeader | undefined {
    return this.#headers.get(id);
  }

  async put(letter: Omit<LetterHeader, 'size'>, bytes: Uint8Array): Promise<void> {
    const header = { ...letter, size: bytes.length };
    await writeDurableFile(this.#path(letter.id), Buffer.concat(encodeFrame(header, bytes)));
    this.#headers.set(letter.id, header);
  }

  /** Undefined where there is none of that id, or its file is damaged. */
  async read(id: string): Promise<Buffer | undefined> {
    if (!this.#headers.has(id)) return undefined;
    const file = await readFile(this.#path(id));
    const frame = readFrame(file, 0);
    if (frame === undefined) return undefined;
    const bytes = file.subarray(frame.payloadAt, frame.end);
    return crc32(bytes) === frame.payloadCrc ? bytes : undefined;
  }

  async remove(id: string): Promise<boolean> {
    if (!this.#headers.delete(id)) return false;
    await rm(this.#path(id), { force: true });
    await syncFolder(this.#folder);
    return true;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}${suffix}`);
  }
}
