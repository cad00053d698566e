/**
 * Pipes by which a process tells nobody but itself: a handler of signals wakes the event loop, threads lock each other
 * out. As with an event counter, that says who works for whom (thread-hand-over.ts), and carries nothing from one unit
 * to another. It must not know units.
 */
import { StateTable } from '../state-table.ts';

/** Of one process; those beyond it count as anybody's. */
const pipes_max = 64;
/** Of all; beyond it the first by name is forgotten, since state may come back in another order than it was made. */
const shared_max = 10_000;

export class SelfPipes {
  /** By process: the pipes that it wrote to, having made them. */
  readonly #written: StateTable<string[]>;
  /** Those that a child wrote to, which had them from its parent. */
  readonly #shared: StateTable<true>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#written = new StateTable('self-pipe', saved);
    this.#shared = new StateTable('shared-pipe', saved);
  }

  /** Whether it is the process's own, or was `inherited`. */
  wrote(process: string, pipe: string, inherited: boolean): void {
    if (inherited) {
      if (this.#shared.get(pipe) === undefined) this.#shared.set(pipe, true);
      if (this.#shared.size > shared_max) this.#forget();
      return;
    }
    const written = this.#written.get(process) ?? this.#written.set(process, []);
    if (written.includes(pipe) || written.length >= pipes_max) return;
    written.push(pipe);
    this.#written.touch(process);
  }

  /** Whether all that the process reads from the pipe it wrote itself. */
  isOwn(process: string, pipe: string): boolean {
    return this.#written.get(process)?.includes(pipe) === true && this.#shared.get(pipe) === undefined;
  }

  drop(process: string): void {
    this.#written.delete(process);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#written.drainInto(into);
    this.#shared.drainInto(into);
  }

  #forget(): void {
    let first: string | undefined;
    for (const [pipe] of this.#shared.entries()) if (first === undefined || pipe < first) first = pipe;
    this.#shared.delete(first!);
  }
}
