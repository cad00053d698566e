/**
 * What lines said of the units and processes that printed them: a request, which is what a unit is called by, and call
 * ids, which it is found by. A unit prints few ids; a server that is not cut into units would print them for ever, so
 * those of its first lines count. It must not know what a request or an id looks like.
 */
import { StateTable } from '../state-table.ts';

interface Printer {
  label: string | undefined;
  ids: number;
  order: number;
}

const idsOfPrinter_max = 256;
/** Printers that are remembered; those that began first are forgotten, and may give as many again. */
const printers_max = 4_096;

export class Printers {
  readonly #printers: StateTable<Printer>;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#printers = new StateTable('printer', saved);
    this.#orders = new StateTable('printer-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  /** Those of `ids` that `printer` is to be found by. */
  admitted(printer: string, ids: readonly string[]): readonly string[] {
    if (ids.length === 0) return ids;
    const known = this.#known(printer);
    const admitted = ids.slice(0, idsOfPrinter_max - known.ids);
    known.ids += admitted.length;
    return admitted;
  }

  called(printer: string, label: string): void {
    this.#known(printer).label = label;
  }

  labelOf(printer: string): string | undefined {
    return this.#printers.get(printer)?.label;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#orders.set('', this.#order);
    this.#orders.drainInto(into);
    this.#printers.drainInto(into);
  }

  #known(printer: string): Printer {
    const known = this.#printers.get(printer);
    if (known !== undefined) {
      this.#printers.touch(printer);
      return known;
    }
    if (this.#printers.size > printers_max * 1.1) this.#forget();
    return this.#printers.set(printer, { label: undefined, ids: 0, order: this.#order++ });
  }

  #forget(): void {
    const oldest = this.#order - printers_max;
    for (const [key, { order }] of [...this.#printers.entries()]) {
      if (order < oldest) this.#printers.delete(key);
    }
  }
}
