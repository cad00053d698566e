/** What `npm run fuzz` runs: a parser, given mutated inputs until its time is over. */
export interface FuzzTarget {
  readonly name: string;
  /** Of a file that holds one of its inputs. */
  readonly extension: string;
  /** Runs for about `seconds`; the same seed tries the same inputs in the same order. */
  readonly run: (options: FuzzOptions) => FuzzReport;
}

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
}

export interface FuzzReport {
  /** Inputs that were tried, and their bytes. */
  readonly inputs: number;
  readonly bytes: number;
  /** The first input that broke an invariant, and how; undefined where none did. */
  readonly failure: FuzzFailure | undefined;
}

export interface FuzzFailure {
  readonly message: string;
  readonly input: Uint8Array;
}
