/**
 * An orderly end on SIGTERM and SIGINT: what was opened is closed in turn, last opened first, within a bounded time.
 * A second signal, or the bound, ends the process at once. It must not know what is closed.
 */
export interface ShutdownOptions {
  readonly time_ms_max: number;
  /** Told of the signal, and of what could not be closed. */
  readonly onNote: (note: string, error?: unknown) => void;
  /** The process by default. */
  readonly exit?: (code: number) => void;
}

export class Shutdown {
  readonly #options: ShutdownOptions;
  readonly #closers: { readonly name: string; readonly close: () => Promise<unknown> }[] = [];
  #running: Promise<boolean> | undefined;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  add(name: string, close: () => Promise<unknown>): void {
    this.#closers.push({ name, close });
  }

  listen(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#signalled(signal));
  }

  /** Whether all was closed in time. Further calls give the first one's answer. */
  close(): Promise<boolean> {
    this.#running ??= this.#close();
    return this.#running;
  }

  #signalled(signal: string): void {
    const exit = this.#options.exit ?? ((code) => process.exit(code));
    if (this.#running !== undefined) {
      exit(1);
      return;
    }
    this.#options.onNote(`${signal}: closing`);
    this.close().then((isClean) => exit(isClean ? 0 : 1));
  }

  async #close(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        this.#options.onNote(`not closed within ${this.#options.time_ms_max} ms`);
        resolve(false);
      }, this.#options.time_ms_max);
    });
    const isClean = await Promise.race([this.#closeAll(), over]);
    clearTimeout(timer);
    return isClean;
  }

  async #closeAll(): Promise<boolean> {
    let isClean = true;
    for (const { name, close } of this.#closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        isClean = false;
        this.#options.onNote(`${name} did not close`, error);
      }
    }
    return isClean;
  }
}
