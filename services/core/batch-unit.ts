/**
 * What a batch's numbers count: lines of text, or records of the one layout. Both say where they end without being
 * understood. It must not know what they mean.
 */
import { record_bytes_max, recordMagic } from './record/record-kind.ts';
import { recordBytes } from './record/record-layout.ts';
import { place } from './record/record-view.ts';

export interface UnitRun {
  /** Where the run ends. */
  readonly end: number;
  readonly count: number;
}

export interface BatchUnit {
  readonly name: string;
  /** How many whole units `bytes` is; a sentence where it is anything else. */
  count(bytes: Uint8Array): number | string;
  /** Whole units from `start` on: at most `count_max`, in about `bytes_max` bytes, but at least one. */
  run(bytes: Uint8Array, start: number, count_max: number, bytes_max: number): UnitRun;
}

const lineFeed = 10;

export const lines: BatchUnit = {
  name: 'line',
  count(bytes) {
    if (bytes.length > 0 && bytes[bytes.length - 1] !== lineFeed) return 'the last line has no line end';
    let count = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) count++;
    return count;
  },
  run(bytes, start, count_max, bytes_max) {
    let count = 0;
    let end = start;
    while (count < count_max && end < bytes.length && (count === 0 || end - start < bytes_max)) {
      end = bytes.indexOf(lineFeed, end) + 1;
      count++;
    }
    return { end, count };
  },
};

const sizeAt = place('size');

export const records: BatchUnit = {
  name: 'record',
  count(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let count = 0;
    let at = 0;
    for (; at + recordBytes <= bytes.length; count++) {
      if (view.getUint32(at, true) !== recordMagic)
        return `record ${count} (byte ${at}) does not begin with DPT1`;
      const size = view.getUint32(at + sizeAt, true);
      const isSize = size >= recordBytes && size <= record_bytes_max && size % 8 === 0;
      if (!isSize) return `record ${count} (byte ${at}) has a size of ${size} bytes`;
      at += size;
    }
    return at === bytes.length ? count : `record ${at > bytes.length ? count - 1 : count} is cut short`;
  },
  run(bytes, start, count_max, bytes_max) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let count = 0;
    let end = start;
    while (count < count_max && end < bytes.length && (count === 0 || end - start < bytes_max)) {
      end += view.getUint32(end + sizeAt, true);
      count++;
    }
    return { end, count };
  },
};
