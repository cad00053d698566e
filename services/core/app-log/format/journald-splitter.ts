/**
 * Bytes of the journal export format to entries: `NAME=value` lines, or `NAME`, newline, 64-bit little-endian length,
 * bytes, newline where the value is binary; an empty line ends an entry. It must not know what the fields mean.
 */
import { decodeUtf8 } from '../utf8.ts';
import { JOURNAL_FIELDS } from './journald.ts';

export interface JournalRecord {
  readonly fields: ReadonlyMap<string, string>;
  /** Line of the file on which the entry begins, 1-based, counting every newline byte. */
  readonly line: number;
  /** Lines of the file that it takes, the empty one that ends it included. */
  readonly lines: number;
  /** Names of the fields of which only the beginning was kept. */
  readonly cut: readonly string[];
  readonly validUtf8: boolean;
  /** False where the input ended inside the entry. */
  readonly complete: boolean;
}

/** The members of a splitter within an entry, as plain data. */
export interface SavedJournal {
  readonly state: 'text' | 'length' | 'binary' | 'newline';
  readonly bytes: readonly number[];
  readonly size: number;
  readonly left: number;
  readonly name: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly cut: readonly string[];
  readonly valid: boolean;
  readonly line: number;
  readonly start: number;
  readonly any: boolean;
}

const NEWLINE = 10;
const EQUALS = 61;

export class JournaldSplitter {
  readonly #maximum: number;
  readonly #emit: (record: JournalRecord) => void;
  /** `text`: up to the next newline. `length`: eight bytes. `binary`: `#left` bytes. `newline`: the one after them. */
  #state: 'text' | 'length' | 'binary' | 'newline' = 'text';
  #bytes: number[] = [];
  #size = 0;
  #left = 0;
  #name = '';
  #fields = new Map<string, string>();
  #cut: string[] = [];
  #valid = true;
  #line = 1;
  #start = 1;
  #any = false;

  /** `maximum`: bytes kept of one value. */
  constructor(maximum: number, emit: (record: JournalRecord) => void) {
    this.#maximum = maximum;
    this.#emit = emit;
  }

  /** The line that comes next has this number. */
  seek(line: number): void {
    this.#line = line;
    if (!this.#any) this.#start = line;
  }

  write(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === NEWLINE) this.#line++;
      if (this.#state === 'text') this.#text(byte);
      else if (this.#state === 'length') this.#length(byte);
      else if (this.#state === 'binary') this.#binary(byte);
      else this.#state = 'text';
    }
  }

  end(): void {
    if (this.#size > 0 || this.#state === 'binary') {
      if (this.#state === 'binary') this.#store(this.#name);
      else this.#fieldLine();
      this.#cut.push(this.#name);
    }
    if (this.#any) this.#flush(this.#state === 'text' && this.#cut.length === 0);
  }

  save(): SavedJournal {
    return {
      state: this.#state,
      bytes: this.#bytes,
      size: this.#size,
      left: this.#left,
      name: this.#name,
      fields: [...this.#fields],
      cut: this.#cut,
      valid: this.#valid,
      line: this.#line,
      start: this.#start,
      any: this.#any,
    };
  }

  /** Only before anything is written. */
  restore(saved: SavedJournal): void {
    this.#state = saved.state;
    this.#bytes = [...saved.bytes];
    this.#size = saved.size;
    this.#left = saved.left;
    this.#name = saved.name;
    this.#fields = new Map(saved.fields);
    this.#cut = [...saved.cut];
    this.#valid = saved.valid;
    this.#line = saved.line;
    this.#start = saved.start;
    this.#any = saved.any;
  }

  #keep(byte: number): void {
    this.#size++;
    if (this.#bytes.length < this.#maximum) this.#bytes.push(byte);
  }

  #text(byte: number): void {
    if (byte !== NEWLINE) {
      this.#any = true;
      this.#keep(byte);
    } else if (this.#size > 0) this.#fieldLine();
    else if (this.#any) this.#flush(true);
    else this.#start = this.#line;
  }

  #fieldLine(): void {
    const equals = this.#bytes.indexOf(EQUALS);
    const name = this.#bytes.slice(0, equals < 0 ? this.#bytes.length : equals);
    this.#name = String.fromCharCode(...name.slice(0, 256));
    if (equals < 0) {
      this.#state = 'length';
      this.#reset();
      return;
    }
    this.#bytes = JOURNAL_FIELDS.has(this.#name) ? this.#bytes.slice(equals + 1) : [];
    this.#size -= equals + 1;
    this.#store(this.#name);
  }

  #length(byte: number): void {
    this.#keep(byte);
    if (this.#bytes.length < 8) return;
    this.#left = this.#bytes.reduceRight((sum, digit) => sum * 256 + digit, 0);
    this.#reset();
    this.#state = this.#left > 0 ? 'binary' : 'newline';
  }

  #binary(byte: number): void {
    this.#keep(byte);
    this.#left--;
    if (this.#left > 0) return;
    this.#store(this.#name);
    this.#state = 'newline';
  }

  #store(name: string): void {
    if (JOURNAL_FIELDS.has(name)) {
      const { text, valid } = decodeUtf8(Uint8Array.from(this.#bytes));
      if (!this.#fields.has(name)) this.#fields.set(name, text);
      if (this.#size > this.#bytes.length) this.#cut.push(name);
      this.#valid &&= valid;
    }
    this.#reset();
  }

  #reset(): void {
    this.#bytes = [];
    this.#size = 0;
  }

  #flush(complete: boolean): void {
    const lines = this.#line - this.#start;
    this.#emit({
      fields: this.#fields,
      line: this.#start,
      lines,
      cut: this.#cut,
      validUtf8: this.#valid,
      complete,
    });
    this.#fields = new Map();
    this.#cut = [];
    this.#valid = true;
    this.#start = this.#line;
    this.#any = false;
  }
}
