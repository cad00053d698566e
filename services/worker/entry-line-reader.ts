/**
 * Reads log lines that were taken apart before they came: JSON objects, one a line. What the application wrote is kept as
 * lines of the log that it is of. It must not know by whom they were taken apart.
 */
import { EntryLine } from '../contract/entry-line.ts';
import { parseTime } from '../contract/time-text.ts';
import type { AppEntry } from '../core/app-log/app-entry.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { textOfBytes } from '../core/line/byte-text.ts';
import { type LineItem, part_bytes_max } from '../core/line/log-line.ts';

export interface EntryLineOptions {
  readonly host: string;
  readonly file: string;
  /** Lines that were read before, of all logs of the stream. */
  readonly line: number;
  readonly emit: (item: AppEntry | LineItem) => void;
  readonly diagnose: (d: Diagnostic) => void;
}

export class EntryLineReader {
  readonly #options: EntryLineOptions;
  line: number;

  constructor(options: EntryLineOptions) {
    this.#options = options;
    this.line = options.line;
  }

  /** Whole lines; `notAfter` (ns) is the time of those that say none. */
  write(bytes: Uint8Array, notAfter: bigint): void {
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) this.#read(line, notAfter);
  }

  #read(text: string, notAfter: bigint): void {
    this.line++;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      this.#complain(`no JSON: ${(error as Error).message}`);
      return;
    }
    const parsed = EntryLine.safeParse(json);
    if (parsed.success) this.#give(parsed.data, notAfter);
    else {
      const [issue] = parsed.error.issues;
      this.#complain(`${issue!.path.join('.')}: ${issue!.message}`);
    }
  }

  /** A text of several lines takes as many numbers. */
  #give(given: EntryLine, notAfter: bigint): void {
    const whole = Buffer.from(given.text.endsWith('\n') ? given.text : `${given.text}\n`);
    const first = this.line;
    for (let at = 0; at < whole.length; ) {
      const end = whole.indexOf(10, at) + 1;
      this.#keep(whole.subarray(at, end), given.source);
      at = end;
      if (at < whole.length) this.line++;
    }
    this.#options.emit(this.#entry(given, { notAfter, byteLength: whole.length, line: first }));
  }

  #keep(line: Uint8Array, source: string): void {
    const { host, emit } = this.#options;
    for (let at = 0, part = 0; at < line.length; at += part_bytes_max, part++) {
      const text = textOfBytes(line.subarray(at, at + part_bytes_max));
      emit({ kind: 'line', host, log: source, name: source, number: this.line, part, text });
    }
  }

  #entry(
    given: EntryLine,
    { notAfter, byteLength, line }: { notAfter: bigint; byteLength: number; line: number },
  ): AppEntry {
    const time = parseTime(given.time ?? given.observed ?? '');
    return {
      kind: 'app',
      host: this.#options.host,
      container: given.container,
      pid: given.pid,
      pidSource: given.pid === undefined ? 'none' : 'namespace-or-host',
      time: time ?? notAfter,
      timeSource: given.time !== undefined ? 'line' : given.observed === undefined ? 'none' : 'collector',
      timePrecision: 1n,
      text: given.text,
      byteLength,
      message: given.message ?? given.text,
      level: given.level,
      request: given.request,
      source: given.source,
      line,
      lines: this.line - line + 1,
      log: given.source,
    };
  }

  #complain(message: string): void {
    const { file, diagnose } = this.#options;
    diagnose({ severity: 'error', code: 'entry-line', message, file, line: this.line, column: 1 });
  }
}
