/**
 * A log of a million broken lines has a million things wrong with it, and nobody reads them: of each code the first
 * few are given, and at the end how many more there were. It must not know what the codes stand for.
 */
import type { Diagnostic } from '../diagnostic.ts';

export class DiagnosticLimit {
  readonly #file: string;
  readonly #diagnose: (diagnostic: Diagnostic) => void;
  readonly #eachMax: number;
  readonly #seen = new Map<string, { severity: Diagnostic['severity']; count: number }>();

  constructor(file: string, diagnose: (diagnostic: Diagnostic) => void, eachMax: number) {
    this.#file = file;
    this.#diagnose = diagnose;
    this.#eachMax = eachMax;
  }

  /** `line`, `column` and `offset` as in Diagnostic. */
  add(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    line: number,
    column: number,
    offset?: number,
  ): void {
    let seen = this.#seen.get(code);
    if (seen === undefined) {
      seen = { severity, count: 0 };
      this.#seen.set(code, seen);
    }
    if (++seen.count > this.#eachMax) return;
    const at = offset === undefined ? {} : { offset };
    this.#diagnose({ severity, code, message, file: this.#file, line, column, ...at });
  }

  /** Says how many were left out. */
  end(): void {
    for (const [code, { severity, count }] of this.#seen) {
      const more = count - this.#eachMax;
      if (more <= 0) continue;
      const message = `${more} more like these were found and are not listed`;
      this.#diagnose({ severity, code, message, file: this.#file, line: 0, column: 0 });
    }
    this.#seen.clear();
  }
}
