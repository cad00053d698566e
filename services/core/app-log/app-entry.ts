/**
 * The normalised application log entry, whatever service wrote it. It must not know which process (in the sense of
 * the graph) wrote it: a pid in a log line is often that of a namespace, and the ASCL resolves it.
 */

import type { CallStack } from './call-stack.ts';

/** Where an entry's time comes from, most trusted first. */
export type TimeSource =
  | 'kernel-stamp'
  | 'collector'
  | 'line'
  | 'line-assumed-zone'
  | 'line-assumed-year'
  | 'none';

/** Fields of a request, where the format names them. */
export interface RequestFields {
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface AppEntry {
  readonly kind: 'app';
  readonly host: string;
  readonly container: string | undefined;
  /** As the line or the kernel's stamp says it. */
  readonly pid: number | undefined;
  /** `host` with a kernel stamp, `namespace-or-host` where only the line says it. */
  readonly pidSource: 'host' | 'namespace-or-host' | 'none';
  /** Of a line that somebody else wrote for it (a logging daemon, a master for its child): the pid that it names. */
  readonly originPid?: number | undefined;
  /** ns since the epoch; with source `none` that of the line before it, or one that it is not after, or 0n. */
  readonly time: bigint;
  readonly timeSource: TimeSource;
  /** The time may be up to this much later than `time` (ns): one second for a log with times in seconds. */
  readonly timePrecision: bigint;
  /** What the application wrote for this entry, without stamp, collector envelope and line end. */
  readonly text: string;
  /** Bytes that the application wrote for it, line end included: what its `write` returned. */
  readonly byteLength: number;
  /** The message alone, without time, level, pid or module: what templates are made of. */
  readonly message: string;
  readonly level: string | undefined;
  readonly request: RequestFields | undefined;
  /** Who called for the write that this entry alone is, where the kernel says so. */
  readonly stack?: CallStack | undefined;
  /** Name of the file or stream it was read from, and the 1-based line. */
  readonly source: string;
  readonly line: number;
  /** How many lines from this one on are its. */
  readonly lines: number;
  /** Which log of its stream of inputs; empty where that has only one. */
  readonly log: string;
}

/** With the stream in which its lines are kept. */
export interface StreamEntry extends AppEntry {
  readonly stream: string;
}
