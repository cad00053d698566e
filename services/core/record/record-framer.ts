/**
 * Bytes in, whole records out. Records that are torn, of another version or no records at all are passed over up to
 * the next that is whole, and each passed range is said with its place; nothing is passed in silence. What it gives
 * depends on the bytes alone, not on how they are cut into chunks. It must not know what a record says.
 */
import type { Diagnostic } from '../diagnostic.ts';
import { DiagnosticLimit } from '../event/diagnostic-limit.ts';
import { type FileHeader, readFileHeader } from './file-header.ts';
import { abiVersion, fileMagic, record_bytes_max, recordMagic } from './record-kind.ts';
import {
  fileHeaderBytes,
  fileHeaderLayout,
  offsetOf,
  recordBytes,
  recordLayout,
  textNames,
} from './record-layout.ts';
import { RecordView } from './record-view.ts';

export interface FramerOptions {
  /** The file's or stream's name, for diagnostics. */
  readonly file: string;
  /** The view's bytes hold until the call returns: use them at once, or copy them. */
  readonly onRecord: (record: RecordView, offset: number) => void;
  readonly onHeader: (header: FileHeader, offset: number) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

/** `bytes` = those of `headers` and `records` + `skippedBytes` + `refusedBytes`, once the input has ended. */
export interface FramerCounts {
  bytes: number;
  headers: number;
  records: number;
  recordBytes: number;
  /** Bytes that are no record, or of a torn one, and the ranges that they stand in. */
  skippedBytes: number;
  skippedRanges: number;
  /** Records and headers of another version. */
  refused: number;
  refusedBytes: number;
}

/** What stands at a place: a record or header of so many bytes, nothing of the kind, or what more bytes decide. */
type Found = { readonly what: 'record' | 'header' | 'refused'; readonly bytes: number } | 'nothing' | 'more';

export class RecordFramer {
  readonly counts: FramerCounts = {
    bytes: 0,
    headers: 0,
    records: 0,
    recordBytes: 0,
    skippedBytes: 0,
    skippedRanges: 0,
    refused: 0,
    refusedBytes: 0,
  };
  readonly #options: FramerOptions;
  readonly #diagnostics: DiagnosticLimit;
  readonly #refusedVersions = new Set<number>();
  #buffer = new Uint8Array(buffer_bytes);
  #start = 0;
  /** What of the buffer is not decided yet, and where in the stream it begins. */
  #rest: Uint8Array = this.#buffer.subarray(0, 0);
  #view: DataView = new DataView(this.#buffer.buffer, 0, 0);
  #offset = 0;
  /** Where the range began that is being passed over. */
  #skipFrom: number | undefined;

  constructor(options: FramerOptions) {
    this.#options = options;
    this.#diagnostics = new DiagnosticLimit(options.file, options.diagnose, diagnostics_max);
  }

  write(chunk: Uint8Array): void {
    this.counts.bytes += chunk.length;
    this.#take(chunk);
    this.#release(this.#read(false));
  }

  /** Gives a last record that is whole but that nothing stands behind yet, for a source that tears none. */
  flush(): void {
    if (this.#skipFrom !== undefined) return;
    const found = this.#at(0);
    if (typeof found !== 'object' || found.bytes !== this.#rest.length) return;
    this.#give(found, 0);
    this.#release(found.bytes);
  }

  end(): void {
    const end = this.#read(true);
    if (end < this.#rest.length) this.#skipFrom ??= this.#offset + end;
    this.#release(this.#rest.length);
    this.#endSkip(this.#offset);
    if (this.counts.refused > 1) {
      const message = `${this.counts.refused} records of another version were refused in all`;
      this.#diagnostics.add('error', 'record-version-total', message, 0, 0);
    }
    this.#diagnostics.end();
  }

  /** Gives what is decided and how many bytes that is. */
  #read(ended: boolean): number {
    let at = 0;
    while (at < this.#rest.length) {
      if (this.#skipFrom !== undefined) {
        const next = this.#next(at, this.#rest.length, ended);
        if (next === undefined) return this.#rest.length;
        at = next.at;
        if (!next.decided) return at;
        this.#endSkip(this.#offset + at);
      }
      const found = this.#at(at);
      if (found === 'more' && !ended) return at;
      if (typeof found === 'string') {
        this.#skipFrom = this.#offset + at;
        at++;
        continue;
      }
      const after = at + found.bytes;
      if (!ended && after + magic_bytes > this.#rest.length) return at;
      if (after < this.#rest.length && !this.#isMagic(after)) {
        // Nothing known stands behind it: it may be torn, and the next begin inside of it.
        if (!ended && after + recordBytes > this.#rest.length) return at;
        const inner = this.#next(at + 1, after, ended);
        if (inner?.decided === false) return at;
        if (inner !== undefined) {
          this.#skipFrom = this.#offset + at;
          at = inner.at;
          continue;
        }
      }
      this.#give(found, at);
      at = after;
    }
    return at;
  }

  /**
   * The first place from `from` on, before `until`, at which a record or header of this version stands, or, not
   * decided, at which more bytes may show one.
   */
  #next(from: number, until: number, ended: boolean): { at: number; decided: boolean } | undefined {
    for (let at = this.#rest.indexOf(firstByte, from); at >= 0 && at < until; ) {
      const found = this.#at(at);
      if (typeof found === 'object' && found.what !== 'refused') return { at, decided: true };
      if (found === 'more' && !ended) return { at, decided: false };
      at = this.#rest.indexOf(firstByte, at + 1);
    }
    return undefined;
  }

  #at(at: number): Found {
    const left = this.#rest.length - at;
    if (left < magic_bytes) return this.#couldBeMagic(at) ? 'more' : 'nothing';
    const magic = this.#view.getUint32(at, true);
    if (magic === recordMagic) return left < prefix_bytes ? 'more' : this.#recordAt(at, left);
    if (magic !== fileMagic) return 'nothing';
    if (left < fileHeaderBytes) return 'more';
    const version = this.#view.getUint16(at + versionAt, true);
    const bytes = this.#view.getUint16(at + recordBytesAt, true);
    const isOurs = version === abiVersion && bytes === recordBytes;
    return { what: isOurs ? 'header' : 'refused', bytes: fileHeaderBytes };
  }

  #recordAt(at: number, left: number): Found {
    const version = this.#view.getUint16(at + versionAt, true);
    const size = this.#view.getUint32(at + sizeAt, true);
    if (size % 8 !== 0 || size < prefix_bytes || size > record_bytes_max) return 'nothing';
    if (version !== abiVersion) return left < size ? 'more' : { what: 'refused', bytes: size };
    if (size < recordBytes) return 'nothing';
    if (left < recordBytes) return 'more';
    let texts = 0;
    for (let i = 0; i < textNames.length; i++) texts += this.#view.getUint32(at + lengthsAt + 4 * i, true);
    const padding = size - recordBytes - texts;
    if (padding < 0 || padding > 7) return 'nothing';
    return left < size ? 'more' : { what: 'record', bytes: size };
  }

  #give(found: Exclude<Found, string>, at: number): void {
    const offset = this.#offset + at;
    if (found.what === 'refused') this.#refuse(at, found.bytes, offset);
    else if (found.what === 'header') {
      this.counts.headers++;
      const bytes = this.#rest.subarray(at, at + found.bytes);
      this.#options.onHeader(readFileHeader(bytes), offset);
    } else {
      this.counts.records++;
      this.counts.recordBytes += found.bytes;
      this.#options.onRecord(new RecordView(this.#view, at, found.bytes), offset);
    }
  }

  #refuse(at: number, bytes: number, offset: number): void {
    this.counts.refused++;
    this.counts.refusedBytes += bytes;
    const version = this.#view.getUint16(at + versionAt, true);
    if (this.#refusedVersions.has(version) || this.#refusedVersions.size >= versions_max) return;
    this.#refusedVersions.add(version);
    const message = `records of version ${version} from byte ${offset} on; this reads version ${abiVersion}, and refuses them`;
    this.#diagnostics.add('error', 'record-version', message, 0, 0, offset);
  }

  #endSkip(until: number): void {
    if (this.#skipFrom === undefined) return;
    const bytes = until - this.#skipFrom;
    this.counts.skippedBytes += bytes;
    this.counts.skippedRanges++;
    const message = `${bytes} bytes from byte ${this.#skipFrom} to ${until} are no whole record: skipped`;
    this.#diagnostics.add('error', 'record-skipped', message, 0, 0, this.#skipFrom);
    this.#skipFrom = undefined;
  }

  #isMagic(at: number): boolean {
    if (at + magic_bytes > this.#rest.length) return this.#couldBeMagic(at);
    const magic = this.#view.getUint32(at, true);
    return magic === recordMagic || magic === fileMagic;
  }

  #couldBeMagic(at: number): boolean {
    return magics.some((magic) =>
      magic.subarray(0, this.#rest.length - at).every((b, i) => b === this.#rest[at + i]),
    );
  }

  #release(bytes: number): void {
    this.#offset += bytes;
    this.#start += bytes;
    this.#rest = this.#buffer.subarray(this.#start, this.#start + this.#rest.length - bytes);
    this.#view = new DataView(this.#rest.buffer, this.#rest.byteOffset, this.#rest.byteLength);
  }

  /** Behind what is not decided, in a buffer that is used again: at many records a second little is left to collect. */
  #take(chunk: Uint8Array): void {
    const kept = this.#rest.length;
    const length = kept + chunk.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      larger.set(this.#rest);
      this.#buffer = larger;
    } else this.#buffer.copyWithin(0, this.#start, this.#start + kept);
    this.#buffer.set(chunk, kept);
    this.#start = 0;
    this.#rest = this.#buffer.subarray(0, length);
    this.#view = new DataView(this.#buffer.buffer, 0, length);
  }
}

const buffer_bytes = 1 << 17;
const diagnostics_max = 100;
const versions_max = 16;
const magic_bytes = 4;
/** Magic, version, kind and size. */
const prefix_bytes = 12;
const versionAt = offsetOf(recordLayout, 'version');
const sizeAt = offsetOf(recordLayout, 'size');
const lengthsAt = offsetOf(recordLayout, 'lengths');
const recordBytesAt = offsetOf(fileHeaderLayout, 'record_bytes');
const magics = [recordMagic, fileMagic].map((magic) => new Uint8Array(Uint32Array.of(magic).buffer));
const firstByte = recordMagic & 0xff;
