/** Collects what was wrong with a file, each with its offset. A hostile file can be wrong in a million places. */
import type { Diagnostic } from '../../core/diagnostic.ts';

const each_max = 8;

export class ElfReport {
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Map<string, { severity: Diagnostic['severity']; count: number }>();
  #refused = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Whether an error was reported: the file gives no image. */
  get refused(): boolean {
    return this.#refused;
  }

  /** What makes the file unreadable. */
  error(code: string, message: string, offset: number): void {
    this.#refused = true;
    this.#add('error', code, message, offset);
  }

  /** What makes a part of the image missing. */
  warning(code: string, message: string, offset: number): void {
    this.#add('warning', code, message, offset);
  }

  diagnostics(): Diagnostic[] {
    const more = [...this.#seen].flatMap(([code, { severity, count }]): Diagnostic[] => {
      if (count <= each_max) return [];
      const message = `${count - each_max} more like these were found and are not listed`;
      return [{ severity, code, message, file: this.#file, line: 0, column: 0 }];
    });
    return [...this.#diagnostics, ...more];
  }

  #add(severity: Diagnostic['severity'], code: string, message: string, offset: number): void {
    const seen = this.#seen.get(code) ?? { severity, count: 0 };
    this.#seen.set(code, seen);
    if (++seen.count > each_max) return;
    this.#diagnostics.push({ severity, code, message, file: this.#file, line: 0, column: 0, offset });
  }
}
