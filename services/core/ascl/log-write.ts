/** A write that may have printed log lines, as the common log sees it. It must not know what it was written to is. */

/** What is known of the writer of a write that may have printed log lines. */
export interface LogWrite {
  readonly host: string;
  readonly time: bigint;
  readonly bytes: number;
  readonly pid: number;
  readonly namespacePid: number | undefined;
  readonly container: string | undefined;
  /** Vertex of what was written, and its path. */
  readonly object: string;
  readonly path: string | undefined;
}
