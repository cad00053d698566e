/**
 * Fold state as keyed entries that know which of them changed, so that a commit writes what a batch touched and not
 * the whole. It must not know what the entries mean.
 */
export class StateTable<T> {
  readonly #prefix: string;
  readonly #entries = new Map<string, T>();
  readonly #changed = new Set<string>();

  constructor(prefix: string, saved: ReadonlyMap<string, string>) {
    this.#prefix = `${prefix} `;
    for (const [key, json] of saved) {
      if (key.startsWith(this.#prefix))
        this.#entries.set(key.slice(this.#prefix.length), decodeState(json) as T);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** The entry, for reading and changing in place; call `touch` after a change. */
  set(key: string, entry: T): T {
    this.#entries.set(key, entry);
    this.#changed.add(key);
    return entry;
  }

  touch(key: string): void {
    this.#changed.add(key);
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#changed.add(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#entries.entries();
  }

  /** Moves the changes since the last call into `into`, as JSON; a deleted entry as undefined. */
  drainInto(into: Map<string, string | undefined>): void {
    for (const key of this.#changed) {
      const entry = this.#entries.get(key);
      into.set(this.#prefix + key, entry === undefined ? undefined : encodeState(entry));
    }
    this.#changed.clear();
  }
}

/** JSON with bigints as strings behind a NUL mark; a string that begins with the mark itself is marked too. */
export function encodeState(entry: unknown): string {
  return JSON.stringify(entry, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `\0n${value}`;
    return typeof value === 'string' && value.startsWith('\0') ? `\0s${value}` : value;
  });
}

export function decodeState(json: string): unknown {
  if (!json.includes('\\u0000')) return JSON.parse(json);
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('\0')) return value;
    return value.startsWith('\0n') ? BigInt(value.slice(2)) : value.slice(2);
  });
}
