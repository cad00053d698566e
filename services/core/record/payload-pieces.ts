/**
 * Joins what one call wrote from the records that it was spread over: they follow each other on one processor, of one
 * task. It must not know what was written.
 */

import { bytesOfText, textOfBytes } from '../line/byte-text.ts';
import { StateTable } from '../state-table.ts';
import { line_bytes_max, recordFlag } from './record-kind.ts';
import { RecordView } from './record-view.ts';

/** What of one call is there. */
interface Pieces {
  /** The first record, a character for each byte; its members speak for all. */
  first: string;
  payload: string;
  next: number;
}

export interface WholeCall {
  readonly record: RecordView;
  readonly payload: Uint8Array;
  /** A piece is missing, or more was written than sources record. */
  readonly isCut: boolean;
}

/** Calls that are held at once: one for each processor, and those whose rest was lost. */
const calls_max = 1_024;

export class PayloadPieces {
  readonly #calls: StateTable<Pieces>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#calls = new StateTable('record-piece', saved);
  }

  /** The calls that are whole with this record: none, this one, or also one before it whose rest was lost. */
  take(record: RecordView): WholeCall[] {
    const key = `${record.kind}/${record.cpu}/${record.tid}`;
    const continues = (record.flags & recordFlag.continues) !== 0;
    const held = this.#calls.get(key);
    const belongs = held !== undefined && record.piece === held.next;
    const isCut = (record.flags & recordFlag.payloadCut) !== 0;
    if (held === undefined && !continues && record.piece === 0) {
      return [{ record, payload: record.textBytes('payload'), isCut }];
    }
    const given: WholeCall[] = [];
    if (held !== undefined && !belongs) given.push(this.#give(key, held, true));
    const pieces = belongs ? held : { first: textOfBytes(record.bytes), payload: '', next: record.piece };
    pieces.next++;
    if (pieces.payload.length < line_bytes_max) pieces.payload += textOfBytes(record.textBytes('payload'));
    this.#calls.set(key, pieces);
    // A first piece that is not the first was lost.
    const lostHead = !belongs && record.piece > 0;
    if (!continues) given.push(this.#give(key, pieces, isCut || lostHead));
    else if (this.#calls.size > calls_max) given.push(...this.rest(1));
    return given;
  }

  /** Calls whose rest did not come, oldest first, at most `count`. */
  rest(count = calls_max + 1): WholeCall[] {
    return [...this.#calls.entries()].slice(0, count).map(([key, pieces]) => this.#give(key, pieces, true));
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#calls.drainInto(into);
  }

  #give(key: string, { first, payload }: Pieces, isCut: boolean): WholeCall {
    this.#calls.delete(key);
    return { record: RecordView.of(bytesOfText(first)), payload: bytesOfText(payload), isCut };
  }
}
