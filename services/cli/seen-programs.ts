/**
 * Programs of this host that were seen at work and have no profile: each is ordered once for each of its builds. What
 * runs in a container is not this host's: its path is another file here. It must not know how a program is analysed.
 */
import { readFile, stat } from 'node:fs/promises';
import { buildIdOf } from '../analyser/elf/build-id.ts';
import type { AnalysisQueue } from '../core/analysis-queue.ts';
import type { RunningProgram } from '../core/upg/running-programs.ts';

const file_bytes_max = 256 << 20;
const programs_max = 10_000;
/** After that long a path is looked at again: it may be of another build. */
const again_ms = 10 * 60_000;

interface Seen {
  readonly lookedAt: number;
  readonly changedAt: number;
}

export class SeenPrograms {
  readonly #queue: AnalysisQueue;
  readonly #host: string;
  readonly #onFailure: (exe: string, error: unknown) => void;
  readonly #seen = new Map<string, Seen>();

  constructor(queue: AnalysisQueue, host: string, onFailure: (exe: string, error: unknown) => void) {
    this.#queue = queue;
    this.#host = host;
    this.#onFailure = onFailure;
  }

  /** Returns at once: a fold must not wait for it. */
  see({ exe, host, container }: RunningProgram): void {
    if (host !== this.#host || container !== undefined || !exe.startsWith('/')) return;
    const before = this.#seen.get(exe);
    const now = Date.now();
    if (before === undefined ? this.#seen.size >= programs_max : now - before.lookedAt < again_ms) return;
    this.#seen.set(exe, { lookedAt: now, changedAt: before?.changedAt ?? 0 });
    this.#look(exe, before?.changedAt).catch((error) => this.#onFailure(exe, error));
  }

  async #look(exe: string, before: number | undefined): Promise<void> {
    const { mtimeMs, size } = await stat(exe);
    if (mtimeMs === before || size > file_bytes_max) return;
    await this.#queue.order({ paths: [exe], buildId: buildIdOf(await readFile(exe)) });
    this.#seen.set(exe, { lookedAt: Date.now(), changedAt: mtimeMs });
  }
}
