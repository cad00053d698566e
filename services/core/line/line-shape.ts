/**
 * Takes a line apart into a shape and typed values, and puts it together again: the same characters for any text of
 * bytes, a prefix that a logger made included. What it takes for a value is only where printing it gives the very
 * text. It must not know formats of logs or what comes of the values.
 */
import { hole, parameter, parseShape, type Shape } from './hole.ts';
import { printTime, timeAt } from './line-time.ts';

export interface ShapedLine {
  /** See hole.ts. */
  readonly shape: string;
  readonly values: readonly (number | string)[];
}

/** Of `text` every character is a byte. */
export function shapeLine(text: string): ShapedLine {
  return new LineScan(text).run();
}

export function printLine({ holes, end }: Shape, values: readonly (number | string)[]): string {
  let text = '';
  for (let i = 0; i < holes.length; i++) {
    const { before, code, detail } = holes[i]!;
    text += before + printValue(code, detail, values[i]!);
  }
  return text + end;
}

export function printValue(code: number, detail: number, value: number | string): string {
  if (typeof value === 'string') return value;
  if (code === hole.time) return printTime(value, detail);
  if (code === hole.digits) return String(value).padStart(detail, '0');
  if (code === hole.address4) return addressText(value);
  if (code !== hole.decimal) return String(value);
  const digits = String(value).padStart(detail + 1, '0');
  return `${digits.slice(0, -detail)}.${digits.slice(-detail)}`;
}

/** For tests and messages: the shape with names for its holes. */
export function shapeText(shape: string): string {
  const { holes, end } = parseShape(shape);
  return `${holes.map(({ before, kind }) => `${before}<${kind}>`).join('')}${end}`;
}

function addressText(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

const digit = 1;
const lower = 2;
const upper = 4;
const hexLower = 8;
const hexUpper = 16;
const high = 32;
const word = digit | lower | upper | high;
const classes = new Uint8Array(256);
for (let c = 48; c < 58; c++) classes[c] = digit | hexLower | hexUpper;
for (let c = 65; c < 91; c++) classes[c] = upper | (c < 71 ? hexUpper : 0);
for (let c = 97; c < 123; c++) classes[c] = lower | (c < 103 ? hexLower : 0);
for (let c = 128; c < 256; c++) classes[c] = high;

const quoted_length_max = 1_024;
/** Of a time and its zone. */
const timeShape_length_max = 8;
const id_length_min = 8;
/** Digits of a number that is exact. */
const digits_max = 15;
const decimals_max = 6;
const address4 = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w]|\.\d)/y;
const address6 =
  /(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5})?::(?:[0-9A-Fa-f]{1,4}:){0,5}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4})(?![\w:])/y;
const uuid = /[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)/y;
const decimal = /(0|[1-9]\d*)\.(\d+)(?![\w]|\.\d)/y;
const pathRun = /\/[^\s"'<>|;,?&()[\]{}\\\0-\x1f]*/y;
const assigned = /[A-Za-z][\w.\-:/@%+~]*/y;
const request = /[A-Z]{3,10} \S/y;
const keyName = /^[A-Za-z_@][\w.@-]{0,63}$/;

class LineScan {
  readonly #text: string;
  #at = 0;
  /** Up to here the text is in the shape. */
  #from = 0;
  #shape = '';
  readonly #values: (number | string)[] = [];
  /** Where a quote stands whose content was looked into. */
  #closing = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): ShapedLine {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if ((classes[code]! & word) !== 0) this.#word(code);
      else if (code === 47 && !this.#isAfterWord()) this.#path();
      else if (this.#at === this.#closing) this.#at++;
      else if (code === 34 || (code === 39 && !this.#isAfterWord())) this.#quoted(code);
      else if (code === 58 && text.charCodeAt(this.#at + 1) === 58 && !this.#isAfterWord()) {
        if (!this.#address6()) this.#at += 2;
      } else this.#at++;
    }
    return { shape: this.#shape + text.slice(this.#from), values: this.#values };
  }

  /** A word without a digit is constant; one that is all digits, a number. */
  #word(code: number): void {
    const text = this.#text;
    const start = this.#at;
    if ((classes[code]! & (digit | upper)) !== 0) {
      const time = timeAt(text, start);
      if (time !== undefined) {
        this.#take(time.end, hole.time, time.value, time.detail);
        return;
      }
    }
    if (text.charCodeAt(start - 1) === 61 && (classes[code]! & (lower | upper)) !== 0) {
      assigned.lastIndex = start;
      assigned.exec(text);
      this.#take(assigned.lastIndex, hole.text, text.slice(start, assigned.lastIndex));
      return;
    }
    let end = start;
    let all = 0xff;
    let any = 0;
    for (; end < text.length; end++) {
      const of = classes[text.charCodeAt(end)]!;
      if ((of & word) === 0) break;
      all &= of;
      any |= of;
    }
    const isNumber = (all & digit) !== 0;
    if (this.#special(start, end, all)) return;
    if (isNumber) this.#number(start, end);
    else if ((any & digit) === 0) this.#at = end;
    else if (end - start >= id_length_min && (all & (hexLower | hexUpper)) !== 0) {
      this.#take(end, hole.id, text.slice(start, end));
    } else if (isHexNumber(text, start, end)) {
      this.#at = start + 2;
      this.#take(end, hole.id, text.slice(start + 2, end));
    } else this.#take(end, hole.text, text.slice(start, end));
  }

  /** Addresses and ids of several words. */
  #special(start: number, end: number, all: number): boolean {
    const text = this.#text;
    const next = text.charCodeAt(end);
    const isHex = (all & (hexLower | hexUpper)) !== 0;
    if (next === 46 && (all & digit) !== 0 && end - start <= 3 && text.charCodeAt(start - 1) !== 46) {
      address4.lastIndex = start;
      const match = address4.exec(text);
      const value = match === null ? undefined : addressValue(match);
      if (value !== undefined) return this.#take(address4.lastIndex, hole.address4, value);
    }
    if (next === 58 && isHex && end - start <= 4) return this.#address6();
    if (next !== 45 || !isHex || end - start !== 8) return false;
    uuid.lastIndex = start;
    if (uuid.exec(text) === null) return false;
    return this.#take(uuid.lastIndex, hole.id, text.slice(start, uuid.lastIndex));
  }

  #number(start: number, end: number): void {
    const text = this.#text;
    const before = text.charCodeAt(start - 1);
    const isFraction = (before === 46 || before === 44) && isDigit(text.charCodeAt(start - 2));
    if (text.charCodeAt(end) === 46 && before !== 46) {
      decimal.lastIndex = start;
      const match = decimal.exec(text);
      if (match !== null && match[2]!.length <= decimals_max && match[0].length <= digits_max) {
        this.#take(decimal.lastIndex, hole.decimal, Number(match[1]! + match[2]!), match[2]!.length);
        return;
      }
    }
    const length = end - start;
    if (length > digits_max) this.#take(end, hole.id, text.slice(start, end));
    // A fraction has as many digits as its format says, whatever they are.
    else if (isFraction || (length > 1 && text.charCodeAt(start) === 48)) {
      this.#take(end, hole.digits, Number(text.slice(start, end)), length);
    } else this.#take(end, hole.number, Number(text.slice(start, end)));
  }

  #address6(): boolean {
    address6.lastIndex = this.#at;
    const match = address6.exec(this.#text);
    if (match === null || !/\d/.test(match[0])) return false;
    return this.#take(address6.lastIndex, hole.address6, match[0]);
  }

  #path(): void {
    pathRun.lastIndex = this.#at;
    pathRun.exec(this.#text);
    let end = pathRun.lastIndex;
    while (end > this.#at + 1 && /[.:]/.test(this.#text[end - 1]!)) end--;
    this.#take(end, hole.path, this.#text.slice(this.#at, end));
  }

  /** What is quoted is one value, unless it is a request's line, a key of JSON, or has a kind of its own. */
  #quoted(quote: number): void {
    const text = this.#text;
    const start = this.#at + 1;
    const end = quotedEnd(text, start, quote);
    this.#at = start;
    if (end < 0) return;
    const next = text.charCodeAt(end + 1);
    if (quote === 39 && (classes[next]! & word) !== 0) return;
    if (quote === 34) {
      if (next === 58 && keyName.test(text.slice(start, end))) {
        this.#at = end + 1;
        return;
      }
      request.lastIndex = start;
      if (request.test(text)) {
        this.#closing = end;
        return;
      }
    }
    const inner = text.slice(start, end);
    if (/^[\d/]/.test(inner) && isOneHole(shapeLine(inner).shape)) this.#closing = end;
    else {
      this.#take(end, hole.text, inner);
      this.#at = end + 1;
    }
  }

  #isAfterWord(): boolean {
    return this.#at > 0 && (classes[this.#text.charCodeAt(this.#at - 1)]! & word) !== 0;
  }

  /** What stands from here to `end` is a value; what stood before it since the last one is constant. */
  #take(end: number, code: number, value: number | string, detail = 0): true {
    const isDetailed = code === hole.digits || code === hole.decimal || code === hole.time;
    const mark = isDetailed ? String.fromCharCode(code, parameter + detail) : String.fromCharCode(code);
    this.#shape += this.#text.slice(this.#from, this.#at) + mark;
    this.#values.push(value);
    this.#at = end;
    this.#from = end;
    return true;
  }
}

/** And not a text, which is what it is anyway; a time's zone may follow. */
function isOneHole(shape: string): boolean {
  const first = shape.charCodeAt(0);
  if (first === hole.time) return shape.length <= timeShape_length_max;
  const isDetailed = first === hole.digits || first === hole.decimal;
  return first >= hole.number && first !== hole.text && shape.length === (isDetailed ? 2 : 1);
}

function quotedEnd(text: string, start: number, quote: number): number {
  const last = Math.min(text.length, start + quoted_length_max);
  for (let at = start; at < last; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === 10) return -1;
    if (code === 92) at++;
  }
  return -1;
}

function addressValue([, ...octets]: readonly string[]): number | undefined {
  let value = 0;
  for (const octet of octets) {
    if (Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0'))) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

function isHexNumber(text: string, start: number, end: number): boolean {
  return end - start > 2 && /^0x(?:[0-9a-f]+|[0-9A-F]+)$/.test(text.slice(start, end));
}

function isDigit(code: number): boolean {
  return code >= 48 && code < 58;
}
