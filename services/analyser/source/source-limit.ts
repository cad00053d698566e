/** The bounds of a source analysis and the clock that keeps them. It must not know what is analysed. */

/** Beyond this a file is generated or data, not code that somebody wrote to log. */
export const file_bytes_max = 2 << 20;
export const files_max = 5_000;
export const program_bytes_max = 64 << 20;
/** Syntax nodes of one file. */
export const nodes_max = 1_500_000;
/** Nesting of syntax: what is deeper is treated as unknown. Real code stays below 60. */
export const depth_max = 250;
/** Blocks of the whole program, copies of log wrappers for their callers included. */
export const blocks_max = 400_000;
/** Texts that one log call can print. */
export const alternatives_max = 16;
export const time_ms_default = 60_000;

/** Thrown by a Budget; never leaves the analyser. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

export class Budget {
  readonly #deadline: number;
  readonly #now: () => number;
  #blocks = blocks_max;
  #steps = 0;

  constructor(time_ms: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#deadline = now() + time_ms;
  }

  get isLate(): boolean {
    return this.#now() > this.#deadline;
  }

  /** Called once for each small piece of work. */
  step(): void {
    if ((++this.#steps & 0x3ff) === 0 && this.isLate) throw new BudgetSpent('the time is up');
  }

  block(): void {
    this.step();
    if (--this.#blocks < 0) throw new BudgetSpent(`more than ${blocks_max} blocks`);
  }
}
