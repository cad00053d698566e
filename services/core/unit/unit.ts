/** What an execution unit is while it is open. It must not know how a process is cut into them. */
import type { Walk } from './lms-walk.ts';

/**
 * Why it begins where it does: a connection was accepted (or came from who accepted it); a request was read after an
 * answer had been written; a job was read from an inherited pipe; a log line began a turn of an event-handling loop.
 */
export type UnitReason = 'connection' | 'request' | 'job' | 'lms-cfg';

export interface Unit {
  id: string;
  ordinal: number;
  /** The thread that did something in it last; 0 where the source does not tell threads apart. */
  thread: number;
  start: bigint;
  reason: UnitReason;
  /** Vertex of the connection or pipe that bounds it; undefined for a unit cut by log lines alone. */
  connection: string | undefined;
  /** Address and port of the connection's other end, as log lines name it. */
  peer: string | undefined;
  /** Its process was made for the connection: all that is said on it is one unit. */
  session: boolean;
  /** Its last word is said: what still comes on the connection is no other request. */
  finished: boolean;
  /** Something was read from the connection. */
  heard: boolean;
  /** When something was last written to the connection since it was read; undefined while none was. */
  answered: bigint | undefined;
  /** The connection is closed: it stays the current unit for what trails, until something else begins. */
  closing: bigint | undefined;
  /** Its thread did something in another unit while it was open. */
  interleaved: boolean;
  /** Its beginning was not printed, or not recorded. */
  guessed: boolean;
  /** Words with numbers that its lines have, where others work for its thread: they tell whose a file is. */
  words: string[] | undefined;
  /** What a log line says that it is. */
  label: string | undefined;
  walk: Walk | undefined;
  /** Its loop's last line was printed: it ends with one of these calls, or at once where there is none. */
  endSyscalls: string[] | undefined;
}

const confidenceOfReason: Readonly<Record<UnitReason, number>> = {
  connection: 0.98,
  request: 0.97,
  job: 0.9,
  'lms-cfg': 0.8,
};

/** Several units of one thread are told apart by descriptor alone; without threads, so are those of all threads. */
const interleaved_factor = 0.97;
const interleavedUnknownThread_factor = 0.7;
const guessed_factor = 0.5;

/**
 * How sure it is that the unit is one turn of its event-handling loop, no more and no less, from 0 to 1. Those of
 * connections and requests are the shares that docs/UNITS.md measures; the others are judgements below them.
 */
export function confidenceOf(unit: Unit): number {
  let confidence = confidenceOfReason[unit.reason];
  if (unit.interleaved) {
    confidence *= unit.thread === 0 ? interleavedUnknownThread_factor : interleaved_factor;
  }
  if (unit.guessed) confidence *= guessed_factor;
  if (unit.reason === 'lms-cfg' && unit.walk !== undefined) {
    confidence *= 1 - unit.walk.strayed / (2 * unit.walk.lines);
  }
  return Math.round(confidence * 100) / 100;
}
