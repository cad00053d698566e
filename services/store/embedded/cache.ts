/** A map that forgets: two generations, so that what was used lately stays and the size is bounded. */
export class BoundedCache<K, V> {
  readonly #half: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #forgotten = false;

  /** At most `sizeMax` entries. */
  constructor(sizeMax: number) {
    this.#half = Math.max(1, Math.floor(sizeMax / 2));
  }

  /** Whether an entry may have been dropped. */
  get hasForgotten(): boolean {
    return this.#forgotten;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#half) {
      this.#forgotten ||= this.#old.size > 0;
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#forgotten = true;
    this.#young = new Map();
    this.#old = new Map();
  }
}
