/**
 * Walks the `key=value` fields of one audit record, byte by byte and without making text before it is asked for.
 * It ends where auditd's own interpretation begins (the enriched half: behind 0x1D, or run together with the last
 * value), since everything there says again, for people, what the kernel said. It must not know what a key means.
 */
import { isAt } from './ascii-bytes.ts';
import { hexValue, TextTable } from './text-table.ts';

/** Reports what is wrong with a record; `at` is an offset in the scanned bytes. */
export type ReportProblem = (code: string, message: string, at: number) => void;

export class FieldScanner {
  readonly #table: TextTable;
  /** Names of files are seldom seen twice: by themselves they push nobody out. */
  readonly #names = new TextTable(2048);
  readonly #problem: ReportProblem;
  bytes: Uint8Array = new Uint8Array(0);
  end = 0;
  /** Where the value begins while a field is at hand. */
  at = 0;
  /** The key's first four bytes, as `fieldCode` packs them, and its length in bytes. */
  key = 0;
  keyLength = 0;
  keyAt = 0;
  /** What `bounds` found. */
  from = 0;
  to = 0;
  hex = false;
  /** Where `next` met the enriched half; `end` where there is none. */
  enrichedAt = 0;
  /** How many problems were reported. */
  problems = 0;

  constructor(table: TextTable, problem: ReportProblem) {
    this.#table = table;
    this.#problem = (code, message, at) => {
      this.problems++;
      problem(code, message, at);
    };
  }

  /** Begins with the fields in `bytes` from `start` to `end`. The bytes are not kept longer than that. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.enrichedAt = end;
  }

  /** Whether `next` met the enriched half behind its separator. */
  get isSeparated(): boolean {
    return this.enrichedAt < this.end && this.bytes[this.enrichedAt] === separator;
  }

  /** Goes to the next field; false at the end. Words that are no fields are passed over. */
  next(): boolean {
    const { bytes, end } = this;
    let i = this.at;
    while (i < end) {
      const first = bytes[i]!;
      if (first === space || first === apostrophe) {
        i++;
        continue;
      }
      if (first === separator) break;
      const start = i;
      let code = 0;
      let byte = first;
      while (byte !== equals && byte !== space) {
        if (i - start < 4) code = (code << 8) | byte;
        if (++i >= end) break;
        byte = bytes[i]!;
      }
      if (i >= end || byte === space) continue;
      if (isUpper(first)) break;
      this.key = code;
      this.keyLength = i - start;
      this.keyAt = start;
      this.at = i + 1;
      return true;
    }
    this.enrichedAt = i;
    this.at = end;
    return false;
  }

  /** Goes to the next field if its key and `=` are `literal`; otherwise nothing has happened. */
  expect(literal: Uint8Array): boolean {
    const { bytes, end } = this;
    const at = this.at < end && bytes[this.at] === space ? this.at + 1 : this.at;
    if (!isAt(bytes, at, end, literal)) return false;
    this.at = at + literal.length;
    return true;
  }

  /** Whether the next field's key and `=` are `literal`. */
  isNext(literal: Uint8Array): boolean {
    const { at, bytes, end } = this;
    return isAt(bytes, at < end && bytes[at] === space ? at + 1 : at, end, literal);
  }

  /** The value's first byte; 0 where the value is empty. Behind the end there may be anything. */
  first(): number {
    return this.at < this.end ? this.bytes[this.at]! : 0;
  }

  /** Passes over the rest of the field at hand. */
  skip(): void {
    const { bytes, end } = this;
    let i = this.at;
    if (i < end && bytes[i] === quote) {
      i++;
      while (i < end && bytes[i] !== quote) i++;
      i = Math.min(end, i + 1);
      if (i < end && isUpper(bytes[i]!)) {
        this.at = i;
        return;
      }
    }
    while (i < end && bytes[i] !== space && bytes[i] !== separator) i++;
    this.at = i;
  }

  /** A decimal number, with a sign or without; NaN where there is none. */
  decimal(): number {
    const { bytes, end } = this;
    let i = this.at;
    const negative = i < end && bytes[i] === minus;
    if (negative) i++;
    const start = i;
    let value = 0;
    for (; i < end; i++) {
      const digit = bytes[i]! - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === start) return this.#notANumber('a number');
    this.at = i;
    if (i - start > 15 && value > Number.MAX_SAFE_INTEGER) return this.#beyondSafe(start, i, negative);
    return negative ? -value : value;
  }

  /** A hexadecimal number of up to 64 bits; with the top bit set it is negative. NaN where there is none. */
  hexadecimal(): number {
    const { bytes, end } = this;
    const start = this.at;
    let i = start;
    let high = 0;
    let low = 0;
    for (; i < end; i++) {
      const digit = hexValue[bytes[i]!]!;
      if (digit === 255) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    if (i === start || i - start > 16) return this.#notANumber('a hexadecimal number of at most 64 bits');
    this.at = i;
    return high * 0x1_0000_0000 + (low >>> 0);
  }

  /** An octal number; NaN where there is none. */
  octal(): number {
    const { bytes, end } = this;
    const start = this.at;
    let i = start;
    let value = 0;
    for (; i < end; i++) {
      const digit = bytes[i]! - zero;
      if (digit < 0 || digit > 7) break;
      value = value * 8 + digit;
    }
    if (i === start) return this.#notANumber('an octal number');
    this.at = i;
    return value;
  }

  /** A bare word, as it is. */
  word(): string {
    const { bytes, end } = this;
    const start = this.at;
    let i = start;
    while (i < end && !isWordEnd(bytes[i]!)) i++;
    this.at = i;
    return this.#table.text(bytes, start, i);
  }

  /**
   * A string as the kernel writes what it does not trust: in quotes, or in hex digits where it has blanks, quotes or
   * bytes that do not print. Undefined for `(null)`, `(none)` and `?`.
   */
  text(): string | undefined {
    if (!this.bounds()) return undefined;
    if (this.hex) return this.#table.hexText(this.bytes, this.from, this.to);
    return this.#table.text(this.bytes, this.from, this.to);
  }

  /** The same for the name of a file. */
  name(): string | undefined {
    if (!this.bounds()) return undefined;
    if (this.hex) return this.#names.hexText(this.bytes, this.from, this.to);
    return this.#names.text(this.bytes, this.from, this.to);
  }

  /** The same for a process's title, whose arguments are parted by NUL bytes: they become blanks. */
  title(): string | undefined {
    if (!this.bounds()) return undefined;
    if (this.hex) return this.#table.hexTitle(this.bytes, this.from, this.to);
    return this.#table.text(this.bytes, this.from, this.to);
  }

  /**
   * Finds the content of a string, as `from`, `to` and `hex`, and leaves `at` behind the value.
   * False where the value is absent.
   */
  bounds(): boolean {
    const { bytes, end } = this;
    const start = this.at;
    this.hex = false;
    if (start < end && bytes[start] === quote) {
      let i = start + 1;
      while (i < end && bytes[i] !== quote) i++;
      if (i >= end) this.#problem('audit-open-quote', 'a quoted string has no end', start);
      this.from = start + 1;
      this.to = i;
      this.at = Math.min(end, i + 1);
      return true;
    }
    this.from = start;
    const digits = this.#hexEnd(start);
    if (digits > start) {
      this.hex = true;
      this.to = this.at = digits;
      return true;
    }
    this.to = this.at = this.#wordEnd(start);
    if (isAbsent(bytes, start, this.to)) return false;
    this.#problem('audit-bad-hex', 'a string is neither quoted nor an even number of hex digits', start);
    return true;
  }

  /** End of an even run of hex digits that is a value by itself; `start` where there is none. */
  #hexEnd(start: number): number {
    const { bytes, end } = this;
    let i = start;
    while (i < end && hexValue[bytes[i]!] !== 255) i++;
    // Run together with `ARCH=` or `AUID=`, whose A is a digit too.
    if (i < end && isUpper(bytes[i]!) && bytes[i - 1] === upperA) i--;
    else if (i < end && !isWordEnd(bytes[i]!) && !isUpper(bytes[i]!)) return start;
    return (i - start) % 2 === 0 ? i : start;
  }

  #wordEnd(start: number): number {
    const { bytes, end } = this;
    let i = start;
    while (i < end && !isWordEnd(bytes[i]!)) i++;
    // `(null)ARCH=x86_64`: the parenthesis ends it.
    if (bytes[start] === parenthesis) {
      for (let close = start; close < i; close++) if (bytes[close] === closeParenthesis) return close + 1;
    }
    return i;
  }

  /** Device and inode numbers of stacked file systems use the top bits of 64: keep them apart from the low ones. */
  #beyondSafe(start: number, end: number, negative: boolean): number {
    const exact = BigInt(this.#table.text(this.bytes, start, end));
    if (negative) return -Number(exact);
    return Number(BigInt.asUintN(53, exact ^ ((exact >> 53n) << 42n)));
  }

  #notANumber(wanted: string): number {
    this.#problem('audit-bad-number', `expected ${wanted}`, this.at);
    return Number.NaN;
  }
}

/** What `FieldScanner.key` is for `name`; `name` may be longer than the four bytes that count. */
export function fieldCode(name: string): number {
  let code = 0;
  for (let i = 0; i < Math.min(4, name.length); i++) code = (code << 8) | name.charCodeAt(i);
  return code;
}

const separator = 0x1d;
const space = 32;
const quote = 34;
const apostrophe = 39;
const parenthesis = 40;
const closeParenthesis = 41;
const minus = 45;
const zero = 48;
const equals = 61;
const upperA = 65;
const question = 63;

function isUpper(byte: number): boolean {
  return byte >= 65 && byte <= 90;
}

function isWordEnd(byte: number): boolean {
  return byte === space || byte === separator || byte === apostrophe;
}

/** `(null)`, `(none)`, `?` and nothing at all. */
function isAbsent(bytes: Uint8Array, start: number, end: number): boolean {
  return end === start || bytes[start] === parenthesis || (end === start + 1 && bytes[start] === question);
}
