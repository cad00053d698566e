/** A line of a log as it was read, whatever it is made of. It must not know entries. */

export interface LogLine {
  /** The log that it stands in: of the fold's stream, and where that has several, which of them. */
  readonly stream: string;
  /** The log's name, as its reader was told it. */
  readonly name: string;
  /** Ascending within a stream, and 1 for the first line of a file; lines are known by stream, number and part. */
  readonly number: number;
  /** A line longer than a bound comes in parts, from 0 on. */
  readonly part: number;
  /** A character for each byte, line end included. */
  readonly text: string;
}

/** Bytes of a part; only a line's last one has fewer. */
export const part_bytes_max = 1 << 20;

export function compareLines(a: LogLine, b: LogLine): number {
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return a.number - b.number || a.part - b.part;
}

/** The same as an input of the fold, which knows the stream. */
export interface LineItem extends Omit<LogLine, 'stream'> {
  readonly kind: 'line';
  readonly host: string;
  /** Which log of its stream; empty where that has only one. */
  readonly log: string;
}

export function streamOf(stream: string, log: string): string {
  return log === '' ? stream : `${stream} ${log}`;
}
