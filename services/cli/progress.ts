/** Progress of an import on a terminal: how far, how fast, how long still. Elsewhere it keeps quiet. */
import type { ImportProgress } from '../worker/import-files.ts';
import { durationText, grouped, sizeText } from './render/quantity.ts';
import type { Terminal } from './terminal.ts';

const every_ms = 100;

export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #began_ms: number;
  #shown_ms = 0;
  #shown = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#began_ms = now();
  }

  show(progress: ImportProgress): void {
    if (!this.#terminal.noteIsTty) return;
    const now = this.#now();
    if (this.#shown && now - this.#shown_ms < every_ms) return;
    this.#shown_ms = now;
    this.#shown = true;
    this.#terminal.note(`\r\x1b[K${progressText(progress, now - this.#began_ms)}`);
  }

  clear(): void {
    if (this.#shown) this.#terminal.note('\r\x1b[K');
    this.#shown = false;
  }
}

export function progressText(progress: ImportProgress, elapsed_ms: number): string {
  const { bytesRead, bytesTotal, events } = progress;
  const rate = elapsed_ms > 0 ? bytesRead / (elapsed_ms / 1e3) : 0;
  const speed = `${sizeText(rate)}/s, ${grouped(events)} events`;
  if (bytesTotal === undefined || bytesTotal === 0) return `${sizeText(bytesRead)} read, ${speed}`;
  const percent = Math.min(100, Math.floor((100 * bytesRead) / bytesTotal));
  const left = rate > 0 ? durationText(((bytesTotal - bytesRead) / rate) * 1e3) : '?';
  return `${percent} % of ${sizeText(bytesTotal)}, ${speed}, ${left} left`;
}
