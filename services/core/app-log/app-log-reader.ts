/**
 * Reads one application log, whatever service wrote it, as a stream of bytes: detects the format, takes each line
 * apart and emits entries. It must not read files or clocks, and what it is fed in which pieces changes nothing.
 */
import type { Diagnostic } from '../diagnostic.ts';
import { textOfBytes } from '../line/byte-text.ts';
import { type LineItem, part_bytes_max } from '../line/log-line.ts';
import type { AppEntry } from './app-entry.ts';
import { type FormatScore, scoreFormats } from './detection.ts';
import { EntryAssembler, type SavedAssembler } from './entry-assembler.ts';
import { containerOfFile } from './format/container-logs.ts';
import { journalEntry } from './format/journald.ts';
import { JournaldSplitter, type JournalRecord, type SavedJournal } from './format/journald-splitter.ts';
import type { FormatName, LineFormat } from './format/line-format.ts';
import { FORMATS, formatNamed } from './format/registry.ts';
import { kernelStamp } from './kernel-stamp.ts';
import { LayerReader, type Pieces, withoutColours } from './layer-reader.ts';
import { type LinePart, LineSplitter, type RawLine, type SavedLine } from './line-splitter.ts';
import { type SavedTimeRule, TimeRule } from './time-rule.ts';
import { decodeUtf8 } from './utf8.ts';

export interface AppLogOptions {
  readonly host: string;
  readonly file: string;
  readonly container?: string | undefined;
  /** Which log of its stream of inputs it is, where that has several. */
  readonly log?: string | undefined;
  /** Named: taken as it is, and no other format is tried for a line that it does not know. */
  readonly format?: FormatName | undefined;
  /** UTC year of the first line, for formats that leave the year out. */
  readonly defaultYear?: number | undefined;
  /**
   * ns since the epoch, such as the file's date: the year of the first line is the latest that is not after it, and lines
   * that say no time at all have it, until `at` says another.
   */
  readonly notAfter?: bigint | undefined;
  /** Of times without one: an offset such as `+0530`, or a name such as `Europe/Berlin`; default `+0000`. */
  readonly zone?: string | undefined;
  /** What `save` of a reader gave that read what came before. */
  readonly saved?: SavedAppLog | undefined;
  readonly emit: (entry: AppEntry) => void;
  /** Told of every byte, as lines, before the entries that they make. */
  readonly keep?: ((line: LineItem) => void) | undefined;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

export interface DetectedFormat {
  readonly format: FormatName;
  /** 0 to 1: the format's score on the first lines, also where the format was named. */
  readonly confidence: number;
  /** How times were completed so far. */
  readonly timeRule: string;
  /** Every format, best first. */
  readonly scores: readonly FormatScore[];
}

/** `lines = entries + joined + blank` once the input has ended. */
export interface AppLogCounts {
  bytes: number;
  lines: number;
  entries: number;
  /** Lines that became part of the entry before them, or of one split line. */
  joined: number;
  blank: number;
  /** Entries of lines that no tried format knows. */
  unknown: number;
  cut: number;
  invalidUtf8: number;
  /** Entries by chain of layers, such as `docker-json>http-access`. */
  readonly byLayers: Map<string, number>;
}

/** What a reader whose format is known holds between two pieces of its log, as plain data. */
export interface SavedAppLog {
  readonly format: FormatName;
  readonly isVariant: boolean;
  readonly rule: SavedTimeRule;
  readonly splitter: SavedLine;
  readonly journal: SavedJournal | undefined;
  readonly layers: readonly (readonly [string, Pieces])[];
  readonly assembler: SavedAssembler;
}

/** Bytes. */
export const LINE_MAX = part_bytes_max;
const SAMPLE_SIZE = 64 * 1024;

export class AppLogReader {
  readonly counts: AppLogCounts = {
    bytes: 0,
    lines: 0,
    entries: 0,
    joined: 0,
    blank: 0,
    unknown: 0,
    cut: 0,
    invalidUtf8: 0,
    byLayers: new Map(),
  };
  readonly #options: AppLogOptions;
  readonly #rule: TimeRule;
  #head: Uint8Array[] | undefined = [];
  #headSize = 0;
  readonly #splitter: LineSplitter;
  #journal: JournaldSplitter | undefined;
  #layers: LayerReader | undefined;
  #assembler: EntryAssembler | undefined;
  /** Number of the first line, where it is not the file's. */
  #first = 1;
  #notAfter: bigint;
  #scores: readonly FormatScore[] = [];
  #format: LineFormat | undefined;

  /** Throws a RangeError on a format or zone that does not exist. */
  constructor(options: AppLogOptions) {
    this.#options = options;
    this.#rule = new TimeRule(options);
    this.#notAfter = options.notAfter ?? 0n;
    this.#splitter = new LineSplitter(LINE_MAX, {
      onPart: (part) => this.#part(part),
      onLine: (line) => {
        if (this.#journal === undefined) this.#line(line);
      },
    });
    if (options.format !== undefined) formatNamed(options.format);
    if (options.saved !== undefined) this.#resume(options.saved);
  }

  /** Undefined until the first 64 KiB or the end have been seen. */
  get detected(): DetectedFormat | undefined {
    if (this.#format === undefined) return undefined;
    const { name } = this.#format;
    const confidence = this.#scores.find((entry) => entry.format === name)?.score ?? 0;
    return { format: name, confidence, timeRule: this.#rule.describe(), scores: this.#scores };
  }

  /** What is written next begins with the line of this number. Only between two lines. */
  seek(line: number): void {
    this.#splitter.seek(line);
    this.#journal?.seek(line);
    this.#first = line;
  }

  /** What is written next was there at this time, ns; lines that say no time of their own have it. */
  at(notAfter: bigint): void {
    this.#notAfter = notAfter;
    if (this.#assembler !== undefined) this.#assembler.notAfter = notAfter;
  }

  write(bytes: Uint8Array): void {
    this.counts.bytes += bytes.length;
    if (this.#head === undefined) {
      this.#splitter.write(bytes);
      return;
    }
    this.#head.push(bytes.slice());
    this.#headSize += bytes.length;
    if (this.#headSize >= SAMPLE_SIZE) this.#begin(false);
  }

  /** Emits what was held. The reader takes nothing more after it. */
  end(): void {
    if (this.#head !== undefined) this.#begin(true);
    const { openLine } = this.#splitter;
    if (openLine !== undefined) {
      const message =
        'the last line has no end: it counts as it stands, and nothing that comes to it later does';
      this.#diagnose('note', 'app-log-open-end', message, openLine);
    }
    this.#splitter.end();
    this.#journal?.end();
    for (const layers of this.#layers!.rest()) {
      this.counts.joined--;
      this.#diagnose(
        'note',
        'app-log-open-line',
        'the last piece of this split line is missing',
        layers.line,
      );
      this.#assembler!.take(layers);
    }
    this.#assembler!.end();
  }

  /** The end for now, of a log that goes on: a line or entry that may go on is not given. */
  pause(): void {
    if (this.#head !== undefined) this.#begin(false);
  }

  /** Undefined where nothing was read, so that the format is not known. Not before `pause` or the first 64 KiB. */
  save(): SavedAppLog | undefined {
    if (this.#format === undefined) return undefined;
    return {
      format: this.#format.name,
      isVariant: this.#format === formatNamed(this.#format.name).variant?.format,
      rule: this.#rule.save(),
      splitter: this.#splitter.save(),
      journal: this.#journal?.save(),
      layers: this.#layers!.save(),
      assembler: this.#assembler!.save(),
    };
  }

  #resume(saved: SavedAppLog): void {
    const chosen = formatNamed(saved.format);
    this.#head = undefined;
    this.#rule.restore(saved.rule);
    this.#readAs(chosen, saved.isVariant);
    this.#splitter.restore(saved.splitter);
    if (saved.journal !== undefined) this.#journal!.restore(saved.journal);
    this.#layers!.restore(saved.layers);
    this.#assembler!.restore(saved.assembler);
  }

  #begin(ended: boolean): void {
    const head = joinBytes(this.#head!, this.#headSize);
    this.#head = undefined;
    const sampled = head.subarray(0, SAMPLE_SIZE);
    const sample = sampleLines(sampled, ended && head.length <= SAMPLE_SIZE);
    this.#scores = scoreFormats(sample);
    const chosen = formatNamed(this.#options.format ?? this.#scores[0]!.format);
    const isVariant = chosen.variant?.fits(sample) ?? false;
    if (isVariant) this.#diagnose('note', 'app-log-fitted', chosen.variant!.remark, 0);
    this.#readAs(chosen, isVariant);
    this.#doubt(sampled);
    this.#splitter.write(head);
  }

  #readAs(chosen: LineFormat, isVariant: boolean): void {
    this.#format = isVariant ? chosen.variant!.format : chosen;
    const alone = this.#options.format !== undefined || chosen.name === 'plain';
    const others = alone ? [] : FORMATS.filter((format) => format !== chosen && format.name !== 'plain');
    this.#layers = new LayerReader(this.#format, others, LINE_MAX);
    this.#assembler = new EntryAssembler({
      ...this.#options,
      container: this.#options.container ?? containerOfFile(this.#options.file),
      rule: this.#rule,
      primary: this.#format,
      counts: this.counts,
    });
    this.#assembler.notAfter = this.#notAfter;
    if (chosen.name !== 'journald-export') return;
    this.#journal = new JournaldSplitter(LINE_MAX, (record) => this.#journalRecord(record));
    this.#journal.seek(this.#first);
  }

  #part({ bytes, number, part }: LinePart): void {
    const { host, file: name, log = '', keep } = this.#options;
    keep?.({ kind: 'line', host, log, name, number, part, text: textOfBytes(bytes) });
    this.#journal?.write(bytes);
  }

  #line(line: RawLine): void {
    this.counts.lines++;
    const { text: decoded, valid } = decodeUtf8(line.bytes);
    if (!valid) this.#invalidUtf8(line.number);
    if (line.cut) this.#cutLine(line.number, `a line of ${line.byteLength} bytes`);
    const text = withoutLineEnd(decoded, line.number);
    if (text.trim() === '') {
      this.#assembler!.blank(text, line.byteLength);
      return;
    }
    const layers = this.#layers!.read(text, line.byteLength, line.number);
    if (layers === undefined) this.counts.joined++;
    else this.#assembler!.take(layers);
  }

  #journalRecord(record: JournalRecord): void {
    const { line, lines, cut, complete, validUtf8 } = record;
    this.counts.lines += lines;
    this.counts.joined += lines - 1;
    if (!validUtf8) this.#invalidUtf8(line);
    if (cut.length > 0) this.#cutLine(line, `a value of ${cut.join(', ')}`);
    if (!complete) this.#diagnose('warning', 'app-log-truncated', 'the input ends inside this entry', line);
    const layers = this.#layers!.readParsed(journalEntry(record.fields), { line, lines });
    if (layers === undefined) this.counts.joined++;
    else this.#assembler!.take(layers);
  }

  /** Says where the choice of the format is doubtful. */
  #doubt(sampled: Uint8Array): void {
    const { format, confidence } = this.detected!;
    const best = this.#scores[0]!;
    if (isBinary(sampled)) {
      const message = 'more than a tenth of the first bytes are NUL: a binary file or UTF-16, not a text log';
      this.#diagnose('warning', 'app-log-binary', message, 0);
    }
    if (this.#options.format !== undefined && confidence === 0 && best.score > 0) {
      const message = `named ${format}, but none of the first lines is of it; they look like ${best.format}`;
      this.#diagnose('warning', 'app-log-wrong-format', message, 0);
    } else if (this.#options.format === undefined && format !== 'plain' && confidence < 0.5) {
      const message = `taken for ${format} with a confidence of only ${confidence.toFixed(2)}; name the format if that is wrong`;
      this.#diagnose('note', 'app-log-doubtful-format', message, 0);
    }
  }

  #invalidUtf8(line: number): void {
    this.counts.invalidUtf8++;
    this.#diagnose('note', 'app-log-invalid-utf8', 'bytes that are no UTF-8 are shown as U+FFFD', line);
  }

  #cutLine(line: number, what: string): void {
    this.counts.cut++;
    const message = `${what}: the entry is made of its first ${LINE_MAX}; the line itself is kept whole`;
    this.#diagnose('warning', 'app-log-line-cut', message, line);
  }

  #diagnose(severity: Diagnostic['severity'], code: string, message: string, line: number): void {
    this.#options.diagnose({ severity, code, message, file: this.#options.file, line, column: 0 });
  }
}

function isBinary(sampled: Uint8Array): boolean {
  let nuls = 0;
  for (let at = sampled.indexOf(0); at >= 0; at = sampled.indexOf(0, at + 1)) nuls++;
  return nuls > sampled.length / 10;
}

function joinBytes(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A last line that may go on after the sample is left out, unless it is all there is. */
function sampleLines(sampled: Uint8Array, whole: boolean): readonly string[] {
  const lines = decodeUtf8(sampled).text.split('\n');
  if (!whole && lines.length > 1) lines.pop();
  return lines.map((line, index) => {
    const text = withoutLineEnd(line, index + 1);
    const stamp = kernelStamp(text);
    return withoutColours(stamp === undefined ? text : text.slice(stamp.length));
  });
}

/** Without the carriage return of a line end, and the byte order mark of a first line. */
function withoutLineEnd(text: string, number: number): string {
  const ended = text.endsWith('\r') ? text.slice(0, -1) : text;
  return number === 1 && ended.startsWith('\ufeff') ? ended.slice(1) : ended;
}
