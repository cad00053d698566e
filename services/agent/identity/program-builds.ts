/**
 * Which build of its program each process runs, read from the running image itself, so that it is right in any
 * container and after the file was replaced. It must not know where this is told.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { readBuildId } from '../host/build-id.ts';

const processes_count_max = 65_536;
const files_count_max = 65_536;

export class ProgramBuilds {
  readonly #proc: string;
  readonly #programs = new Map<number, string>();
  readonly #builds = new Map<string, string | undefined>();

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** The build id of what `pid` runs, where that was not told yet; `exe` is its path as the source says it. */
  news(pid: number, exe: string): string | undefined {
    if (exe === '' || this.#programs.get(pid) === exe) return undefined;
    if (this.#programs.size >= processes_count_max)
      this.#programs.delete(this.#programs.keys().next().value!);
    this.#programs.set(pid, exe);
    return this.#read(pid);
  }

  ended(pid: number): void {
    this.#programs.delete(pid);
  }

  #read(pid: number): string | undefined {
    let file: number | undefined;
    try {
      file = openSync(join(this.#proc, String(pid), 'exe'), 'r');
      const { dev, ino, mtimeMs, size } = fstatSync(file);
      const key = `${dev}/${ino}/${mtimeMs}/${size}`;
      if (this.#builds.has(key)) return this.#builds.get(key);
      if (this.#builds.size >= files_count_max) this.#builds.clear();
      const id = readBuildId(file);
      this.#builds.set(key, id);
      return id;
    } catch {
      // It ended before it could be looked at, or is none that may be read: nothing is known of its build.
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}
