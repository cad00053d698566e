/** Shows what was wrong with lines of an input: the first of each kind and file, and how many more there were. */
import type { Diagnostic } from '../core/diagnostic.ts';
import { grouped } from './render/quantity.ts';
import { safeText } from './render/safe-text.ts';
import type { Terminal } from './terminal.ts';

const shownOfKind_max = 3;
const kinds_max = 1_000;

export class DiagnosticPrinter {
  readonly #terminal: Terminal;
  readonly #counts = new Map<string, number>();
  /** Of kinds beyond the bound. */
  #uncounted = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** `before` is called where a line is going to be written. */
  show(d: Diagnostic, before: () => void): void {
    const kind = `${d.file}: ${d.severity}: ${d.code}`;
    const count = this.#counts.get(kind);
    if (count === undefined && this.#counts.size >= kinds_max) {
      this.#uncounted++;
      return;
    }
    this.#counts.set(kind, (count ?? 0) + 1);
    if ((count ?? 0) >= shownOfKind_max) return;
    before();
    this.#terminal.note(`${safeText(`${d.file}${placeOf(d)}: ${d.severity}: ${d.message} [${d.code}]`)}\n`);
  }

  /** Says what was not shown. */
  end(): void {
    for (const [kind, count] of this.#counts) {
      const more = count - shownOfKind_max;
      if (more > 0) this.#terminal.note(`${safeText(kind)}: ${grouped(more)} more\n`);
    }
    if (this.#uncounted > 0) this.#terminal.note(`${grouped(this.#uncounted)} more remarks of other kinds\n`);
  }
}

function placeOf({ line, column, offset }: Diagnostic): string {
  if (offset !== undefined) return `:0x${offset.toString(16)}`;
  return line === 0 ? '' : `:${line}${column === 0 ? '' : `:${column}`}`;
}
