/**
 * What truly happened, as a scenario knows it from what it did itself: by the addresses and ports that its clients had,
 * by paths, pids and words that it made up, and by when it asked and was answered. It must not know the graph.
 */

export interface Truth {
  /** What somebody would ask about: docs/SYMPTOMS.md. */
  readonly symptom: string;
  /** Other ways to ask about it, with the same cause. */
  readonly also?: readonly string[];
  readonly rootCause: Place;
  /** From cause to symptom, both with them. */
  readonly steps: readonly Step[];
}

export interface Step {
  /** In words. */
  readonly what: string;
  readonly at: Place;
}

export type Place = ConnectionPlace | HopPlace | FilePlace | ProcessPlace | RequestPlace;

/** `10.0.0.7` or `10.0.0.7:80`; what is left out can be any. */
export interface ConnectionPlace {
  readonly kind: 'connection';
  readonly from?: string;
  readonly to?: string;
}

/** The connection over which one server asked the next, where neither said its port. */
export interface HopPlace {
  readonly kind: 'hop';
  readonly from: RequestPlace;
  readonly to: RequestPlace;
}

export interface FilePlace {
  readonly kind: 'file';
  readonly path: string;
}

/** By what is known of it: its pid as the container sees it, words of its command line that no other process has. */
export interface ProcessPlace {
  readonly kind: 'process';
  readonly container: string;
  readonly pid?: number;
  readonly words?: string;
}

/**
 * What a server did for one request: known by the client's `address:port`, where that had the connection for this one
 * alone; by the pid of a worker that did nothing else between two times (ns); or by who asked it (a request, or a process
 * whose pid is known), where that asked nobody else of the container.
 */
export type RequestPlace = { readonly kind: 'request'; readonly container: string } & (
  | { readonly client: string }
  | { readonly worker: Worker }
  | { readonly askedBy: RequestPlace | ProcessPlace }
);

export interface Worker {
  /** As its container sees it. */
  readonly pid: number;
  readonly from: bigint;
  readonly until: bigint;
}
