/**
 * From lines to entries: joins what one entry spread over lines, repeats what a format says once, and reports what no
 * format knew. It must not know bytes or how a format was found.
 */
import type { Diagnostic } from '../diagnostic.ts';
import type { AppEntry } from './app-entry.ts';
import { buildEntry } from './entry-builder.ts';
import type { LineFormat } from './format/line-format.ts';
import type { Layers } from './layer-reader.ts';
import type { ResolvedTime, TimeRule } from './time-rule.ts';

export interface AssemblerOptions {
  readonly host: string;
  readonly file: string;
  readonly log?: string | undefined;
  readonly container: string | undefined;
  readonly rule: TimeRule;
  readonly primary: LineFormat;
  readonly counts: AssemblerCounts;
  readonly emit: (entry: AppEntry) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

export interface AssemblerCounts {
  entries: number;
  joined: number;
  blank: number;
  unknown: number;
  cut: number;
  readonly byLayers: Map<string, number>;
}

/** What the assembler holds between two lines, as plain data. */
export interface SavedAssembler {
  readonly pending: Pending | undefined;
  readonly otherFormats: readonly string[];
  readonly repeatedTime: ResolvedTime | undefined;
  readonly heldPid: number | undefined;
  readonly lastTime?: bigint | undefined;
}

interface Pending {
  readonly entry: AppEntry;
  readonly stamped: boolean;
  readonly extra: string[];
  length: number;
  byteLength: number;
}

/** Characters and lines of one joined entry. */
const ENTRY_MAX = 1024 * 1024;
const ENTRY_LINES_MAX = 10_000;
/** Notes of one kind for one file; the rest is counted. */
const NOTES_MAX = 1000;

export class EntryAssembler {
  readonly #options: AssemblerOptions;
  readonly #joins: boolean;
  readonly #otherFormats = new Set<string>();
  #pending: Pending | undefined;
  #repeatedTime: ResolvedTime | undefined;
  #heldPid: number | undefined;
  /** Of the last entry that had one, ns. */
  #lastTime: bigint | undefined;
  /** ns; no line that is taken from now on was written later. 0n where that is not known. */
  notAfter = 0n;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#joins = options.primary.continuation === 'joins';
  }

  take(layers: Layers): void {
    if (this.#continues(layers) && this.#extend(layers.text, layers.byteLength, layers.line)) return;
    this.#flush();
    this.#report(layers);
    const { host, file, log = '', container, rule, primary } = this.#options;
    const own = layers.format === primary && layers.envelopes.length === 0;
    const entry = buildEntry(layers, {
      host,
      source: file,
      log,
      container,
      rule,
      repeatedTime: this.#repeatedTime,
      heldPid: own ? this.#heldPid : undefined,
      untimed: this.#lastTime ?? this.notAfter,
    });
    if (entry.timeSource !== 'none') this.#lastTime = entry.time;
    if (own && layers.parsed?.time !== undefined) {
      this.#repeatedTime = {
        time: entry.time,
        source: entry.timeSource,
        precision: entry.timePrecision,
        assumed: [],
      };
    }
    if (own && layers.parsed?.pidHolds) this.#heldPid = layers.parsed.pid;
    this.#hold(entry, layers);
  }

  /** A line without text: the part of an entry that may go on, otherwise nothing anyone said. */
  blank(text: string, byteLength: number): void {
    const open = this.#pending !== undefined && this.#joins && !this.#pending.stamped;
    if (!(open && this.#extend(text, byteLength, 0))) this.#options.counts.blank++;
  }

  end(): void {
    this.#flush();
    const silent = this.#options.counts.unknown - NOTES_MAX;
    if (silent > 0) this.#note('app-log-unknown-lines', `${silent} more lines were of no known format`, 0);
  }

  save(): SavedAssembler {
    return {
      pending: this.#pending,
      otherFormats: [...this.#otherFormats],
      repeatedTime: this.#repeatedTime,
      heldPid: this.#heldPid,
      lastTime: this.#lastTime,
    };
  }

  restore(saved: SavedAssembler): void {
    this.#pending = saved.pending;
    for (const name of saved.otherFormats) this.#otherFormats.add(name);
    this.#repeatedTime = saved.repeatedTime;
    this.#heldPid = saved.heldPid;
    this.#lastTime = saved.lastTime;
  }

  #continues(layers: Layers): boolean {
    if (this.#pending === undefined || layers.parsed !== undefined || layers.stamp !== undefined)
      return false;
    if (layers.envelopes.length > 0) return false;
    // A stamp stands before each write, so that a line without one was written with the line before.
    return this.#pending.stamped || this.#joins;
  }

  #extend(text: string, byteLength: number, line: number): boolean {
    const pending = this.#pending!;
    if (pending.length + text.length > ENTRY_MAX || pending.extra.length >= ENTRY_LINES_MAX) {
      this.#options.counts.cut++;
      this.#note(
        'app-log-entry-cut',
        'the entry before grew too large: it ends before this line',
        line,
        'warning',
      );
      this.#flush();
      return false;
    }
    pending.extra.push(text);
    pending.length += text.length + 1;
    pending.byteLength += byteLength;
    this.#options.counts.joined++;
    return true;
  }

  #hold(entry: AppEntry, layers: Layers): void {
    const { envelopes, stamp, format, text, byteLength } = layers;
    const open = envelopes.length === 0 && (stamp !== undefined || format?.continuation === 'joins');
    const pending = { entry, stamped: stamp !== undefined, extra: [], length: text.length, byteLength };
    if (open) this.#pending = pending;
    else this.#emit(entry);
  }

  #flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { entry, extra, byteLength } = pending;
    if (extra.length === 0) {
      this.#emit(entry);
      return;
    }
    const more = `\n${extra.join('\n')}`;
    const [text, message] = [entry.text + more, entry.message + more];
    this.#emit({ ...entry, text, message, byteLength, lines: entry.lines + extra.length });
  }

  #emit(entry: AppEntry): void {
    this.#options.counts.entries++;
    this.#options.emit(entry);
  }

  #report(layers: Layers): void {
    const { counts, primary } = this.#options;
    const { chain, line } = layers;
    counts.byLayers.set(chain, (counts.byLayers.get(chain) ?? 0) + 1);
    if (layers.cut > 0) {
      counts.cut++;
      const message = `${layers.cut} characters of the joined line were cut off`;
      this.#note('app-log-line-cut', message, line, 'warning');
    }
    if (layers.stamps > 1) {
      const message = `${layers.stamps} stamps in a row, of writers that met: the last is taken`;
      this.#note('app-log-double-stamp', message, line);
    }
    if (layers.format === undefined) {
      counts.unknown++;
      const time = layers.stamp === undefined ? 'without a time' : "with its stamp's time";
      if (counts.unknown <= NOTES_MAX) {
        this.#note('app-log-unknown-line', `no line of ${primary.name}: kept as text, ${time}`, line);
      }
    } else if (layers.envelopes.length === 0 && layers.format !== primary) {
      const { name } = layers.format;
      if (this.#otherFormats.has(name)) return;
      this.#otherFormats.add(name);
      const message = `a line of ${name} among ${primary.name}: read as such, and so are any further ones`;
      this.#note('app-log-other-format', message, line);
    }
  }

  #note(code: string, message: string, line: number, severity: Diagnostic['severity'] = 'note'): void {
    this.#options.diagnose({ severity, code, message, file: this.#options.file, line, column: 0 });
  }
}
