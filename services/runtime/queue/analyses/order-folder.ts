/** Orders for analyses as files, one each, whole or absent. It must not know what is done with them. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalysisLetter, QueuedAnalysis } from '../../../core/analysis-queue.ts';
import { writeDurableFile } from '../inline/durable-file.ts';
import { syncFolder } from '../inline/segment-log.ts';

export interface KeptOrder extends QueuedAnalysis {
  readonly failures: number;
  /** How often it was taken in hand and neither given back nor done with. */
  readonly taken: number;
}

const suffix = '.json';

export class OrderFolder<T extends KeptOrder | AnalysisLetter> {
  readonly #folder: string;
  readonly #kept = new Map<string, T>();

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
      const order = JSON.parse(await readFile(path, 'utf8')) as T;
      this.#kept.set(order.id, order);
    }
  }

  get count(): number {
    return this.#kept.size;
  }

  get(id: string): T | undefined {
    return this.#kept.get(id);
  }

  all(): T[] {
    return [...this.#kept.values()];
  }

  /** Durable when it resolves. */
  async put(order: T): Promise<void> {
    await writeDurableFile(this.#path(order.id), JSON.stringify(order));
    this.#kept.set(order.id, order);
  }

  async remove(id: string): Promise<boolean> {
    if (!this.#kept.delete(id)) return false;
    await rm(this.#path(id), { force: true });
    await syncFolder(this.#folder);
    return true;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}${suffix}`);
  }
}
