/**
 * The head of an audit line: an optional stamp or syslog prefix, `node=`, the type, and the event's time and serial.
 * It must not know what follows in the record.
 */
import { asciiBytes, isAt } from './ascii-bytes.ts';
import type { RecordType, RecordTypes } from './record-type.ts';
import type { TextTable } from './text-table.ts';

/** One header at a time; the fields hold until the next `read`. */
export class LineHeader {
  readonly types: RecordTypes;
  readonly #table: TextTable;
  type: RecordType | undefined;
  /** `node=`'s value. */
  node: string | undefined;
  /** Time of the event: seconds since the epoch, and ns within the second. */
  seconds = 0;
  nanos = 0;
  serial = 0;
  /** Where the record's fields begin. */
  body = 0;
  /** Why `read` gave false, and where. */
  problem = '';
  problemAt = 0;
  #at = 0;

  constructor(types: RecordTypes, table: TextTable) {
    this.types = types;
    this.#table = table;
  }

  /** False where the line in `bytes` from `start` to `end` is no audit record. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.node = undefined;
    let at = afterStamp(bytes, start, end);
    if (isAt(bytes, at, end, nodeKey)) at = this.#readNode(bytes, at + nodeKey.length, end);
    if (!isAt(bytes, at, end, typeKey)) {
      const found = this.#findType(bytes, at, end);
      if (found < 0) return this.#fail('no type= was found', start);
      at = found;
    }
    const typeStart = at + typeKey.length;
    const typeEnd = wordEnd(bytes, typeStart, end);
    if (typeEnd === typeStart || typeEnd - typeStart > typeLengthMax) {
      return this.#fail('type= names no record type', typeStart);
    }
    at = typeEnd + 1;
    if (isAt(bytes, at, end, messageKey)) at += messageKey.length;
    if (!isAt(bytes, at, end, auditWord)) return this.#fail('expected msg=audit(', Math.min(at, end));
    if (!this.#readStamp(bytes, at + auditWord.length, end)) return false;
    this.type = this.types.at(bytes, typeStart, typeEnd);
    return true;
  }

  /** `1639762166.872:23229):`, in `seconds`, `nanos` and `serial`; the body begins behind it. */
  #readStamp(bytes: Uint8Array, start: number, end: number): boolean {
    this.seconds = this.#number(bytes, start, end, 12);
    let at = this.#at;
    if (at === start || bytes[at] !== dot || at >= end)
      return this.#fail('expected the time in seconds', start);
    const fraction = at + 1;
    const value = this.#number(bytes, fraction, end, 9);
    at = this.#at;
    if (at === fraction || bytes[at] !== colon || at >= end) {
      return this.#fail('expected the fraction of the time', fraction);
    }
    this.nanos = value * (at - fraction === 3 ? 1_000_000 : 10 ** (9 - (at - fraction)));
    const serial = at + 1;
    this.serial = this.#number(bytes, serial, end, 10);
    at = this.#at;
    if (at === serial || bytes[at] !== close || at >= end || this.serial > 0xffff_ffff) {
      return this.#fail('expected a serial of 32 bits', serial);
    }
    at++;
    if (at < end && bytes[at] === colon) at++;
    if (at < end && bytes[at] === space) at++;
    this.body = at;
    return true;
  }

  #number(bytes: Uint8Array, start: number, end: number, digitsMax: number): number {
    let value = 0;
    let at = start;
    const stop = Math.min(end, start + digitsMax);
    for (; at < stop; at++) {
      const digit = bytes[at]! - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return value;
  }

  #readNode(bytes: Uint8Array, start: number, end: number): number {
    const nodeEnd = wordEnd(bytes, start, end);
    if (nodeEnd > start && nodeEnd - start <= nodeLengthMax)
      this.node = this.#table.text(bytes, start, nodeEnd);
    return Math.min(end, nodeEnd + 1);
  }

  /** Where a syslog or kernel log line's record begins; -1 where it has none. */
  #findType(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + prefixLengthMax);
    for (let at = start + 1; at < stop; at++) {
      if (bytes[at - 1] !== space) continue;
      if (isAt(bytes, at, end, nodeKey)) at = this.#readNode(bytes, at + nodeKey.length, end);
      if (isAt(bytes, at, end, typeKey)) return at;
    }
    return -1;
  }

  #fail(problem: string, at: number): false {
    this.problem = problem;
    this.problemAt = at;
    return false;
  }
}

/** No type name that exists is half as long. */
const typeLengthMax = 64;
/** A host name has at most 253 bytes. */
const nodeLengthMax = 255;
/** Room for any syslog header. */
const prefixLengthMax = 1024;

const space = 32;
const close = 41;
const dot = 46;
const zero = 48;
const colon = 58;
const letterP = 112;

const nodeKey = asciiBytes('node=');
const typeKey = asciiBytes('type=');
const messageKey = asciiBytes('msg=');
const auditWord = asciiBytes('audit(');
const stampPid = asciiBytes('pid = ');
const stampDate = asciiBytes(', date = [');
const stampEnd = asciiBytes('] ');

/** Behind `pid = N, date = [ns] `: who wrote the line and when, which says nothing of the event itself. */
function afterStamp(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== letterP || !isAt(bytes, start, end, stampPid)) return start;
  let at = afterDigits(bytes, start + stampPid.length, end);
  if (!isAt(bytes, at, end, stampDate)) return start;
  at = afterDigits(bytes, at + stampDate.length, end);
  return isAt(bytes, at, end, stampEnd) ? at + stampEnd.length : start;
}

function afterDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= zero && bytes[at]! < colon) at++;
  return at;
}

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== space) at++;
  return at;
}
