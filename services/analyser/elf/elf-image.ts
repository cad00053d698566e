/**
 * What the analyser knows of a linked program or shared library before it looks at an instruction. It must not know
 * what code means. All addresses are virtual and as linked (a position-independent file begins at 0), below 2^53.
 */

export type Architecture = 'x86-64' | 'aarch64';

/** A mapped range with link-time relocations applied, zero-filled to its size in memory. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** While the program runs: what the loader makes read-only after relocation (RELRO) is not. */
  readonly writable: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  /** Bytes; 0 where the file does not say. */
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
  /** Whether other files can call it by name. */
  readonly exported: boolean;
}

/** A function's extent from `.eh_frame`: it holds for stripped files too. */
export interface FrameRange {
  readonly address: number;
  readonly size: number;
}

export interface ElfImage {
  readonly architecture: Architecture;
  readonly kind: 'executable' | 'shared-library';
  readonly entry: number;
  /** Lower-case hex of the GNU build id note. */
  readonly buildId: string | undefined;
  /** Position-independent: every stored pointer has a relocation. */
  readonly relocatable: boolean;
  readonly dynamic: boolean;
  /** DT_NEEDED names in order. */
  readonly needed: readonly string[];
  readonly segments: readonly Segment[];
  /** Defined symbols by address: `.symtab` (or that of a split debug file) and `.dynsym`, without repeats. */
  readonly symbols: readonly ElfSymbol[];
  /** Where the loader writes the address of an imported symbol (GLOB_DAT, JUMP_SLOT, 64), without `@version`. */
  readonly imports: ReadonlyMap<number, string>;
  /** Addresses of pointers that the loader adjusts (RELATIVE, symbolic with a definition here), ascending. */
  readonly pointers: readonly number[];
  /** Ascending, without overlaps. */
  readonly frames: readonly FrameRange[];
  /** `.init_array`, `.fini_array`, DT_INIT and DT_FINI entries. */
  readonly initialisers: readonly number[];
}
