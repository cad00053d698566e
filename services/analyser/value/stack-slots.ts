/**
 * Values by their place on the stack, in the order in which they came: two short lists, which cost less to copy and to
 * search than a map. It must not know who shares them.
 */

const slots_max = 512;

export class StackSlots {
  readonly #offsets: number[];
  readonly #values: number[];

  constructor(offsets: number[] = [], values: number[] = []) {
    this.#offsets = offsets;
    this.#values = values;
  }

  copy(): StackSlots {
    return new StackSlots(this.#offsets.slice(), this.#values.slice());
  }

  get count(): number {
    return this.#offsets.length;
  }

  get isFull(): boolean {
    return this.#offsets.length >= slots_max;
  }

  offset(at: number): number {
    return this.#offsets[at]!;
  }

  value(at: number): number {
    return this.#values[at]!;
  }

  /** Where an offset's value is; -1 where it has none. */
  find(offset: number): number {
    return this.#offsets.indexOf(offset);
  }

  change(at: number, value: number): void {
    this.#values[at] = value;
  }

  add(offset: number, value: number): void {
    this.#offsets.push(offset);
    this.#values.push(value);
  }

  remove(at: number): void {
    this.#offsets.splice(at, 1);
    this.#values.splice(at, 1);
  }
}
