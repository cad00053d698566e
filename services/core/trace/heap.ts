/** A binary heap, least first; among equals the one pushed first. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: { readonly value: T; readonly order: number }[] = [];
  #pushed = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get top(): T | undefined {
    return this.#items[0]?.value;
  }

  /** In no order. */
  all(): T[] {
    return this.#items.map(({ value }) => value);
  }

  push(value: T): void {
    const items = this.#items;
    const item = { value, order: this.#pushed++ };
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#less(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) return undefined;
    if (items.length > 0) this.#sink(last);
    return top.value;
  }

  #sink(item: { readonly value: T; readonly order: number }): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#less(items[child + 1]!, items[child]!)) child += 1;
      if (!this.#less(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }

  #less(
    a: { readonly value: T; readonly order: number },
    b: { readonly value: T; readonly order: number },
  ): boolean {
    const order = this.#compare(a.value, b.value);
    return order < 0 || (order === 0 && a.order < b.order);
  }
}
