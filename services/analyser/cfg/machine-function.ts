/** A function as ranges of micro-operations. It must not know what the operations compute. */

/** [from, to) in the operations. */
export interface OpRange {
  readonly from: number;
  readonly to: number;
  readonly address: number;
  readonly end: number;
}

export interface MachineFunction {
  readonly index: number;
  readonly address: number;
  readonly name: string | undefined;
  /** Other files can call it. */
  readonly exported: boolean;
  /** Its address is stored or computed somewhere: it can be called through a pointer. */
  readonly addressTaken: boolean;
  /** The first holds the entry; others are what the compiler moved away (`.cold`). */
  readonly ranges: readonly OpRange[];
  /** The imported symbol that it only jumps to. */
  readonly importName: string | undefined;
  /** It only jumps through this register: a speculation thunk. */
  readonly jumpsThrough: number | undefined;
}
