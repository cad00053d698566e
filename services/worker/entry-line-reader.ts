/** Reads log lines that were taken apart before they came: JSON objects, one a line. It must not know by whom. */
import { EntryLine } from '../contract/entry-line.ts';
import { parseTime } from '../contract/time-text.ts';
import type { AppEntry } from '../core/app-log/app-entry.ts';
import type { Diagnostic } from '../core/diagnostic.ts';

export interface EntryLineOptions {
  readonly host: string;
  readonly file: string;
  /** Lines that were read before. */
  readonly line: number;
  readonly emit: (entry: AppEntry) => void;
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
    if (parsed.success) this.#options.emit(this.#entry(parsed.data, notAfter));
    else {
      const [issue] = parsed.error.issues;
      this.#complain(`${issue!.path.join('.')}: ${issue!.message}`);
    }
  }

  #entry(given: EntryLine, notAfter: bigint): AppEntry {
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
      byteLength: Buffer.byteLength(given.text) + 1,
      message: given.message ?? given.text,
      level: given.level,
      request: given.request,
      source: given.source,
      line: this.line,
      lines: 1,
      log: '',
    };
  }

  #complain(message: string): void {
    const { file, diagnose } = this.#options;
    diagnose({ severity: 'error', code: 'entry-line', message, file, line: this.line, column: 1 });
  }
}
