/** What long work is at, on a terminal. Elsewhere it keeps quiet. */
import { safeLabel } from './render/safe-text.ts';
import type { Terminal } from './terminal.ts';

const phase_length_max = 70;

export class PhaseLine {
  readonly #terminal: Terminal;
  #shown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(phase: string): void {
    if (!this.#terminal.noteIsTty) return;
    this.#terminal.note(`\r\x1b[K${safeLabel(phase, phase_length_max)} …`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#terminal.note('\r\x1b[K');
    this.#shown = false;
  }
}
