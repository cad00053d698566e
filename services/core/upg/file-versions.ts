/**
 * Which version of a file's content is at hand: what was in a file cannot be read any more once it was cut to nothing
 * (O_TRUNC), so that what is written from then on is another vertex (a strong update: Chase, Wegman, Zadeck, "Analysis
 * of pointers and structures", PLDI 1990). A new version begins only where others than who cuts had written: what
 * one actor wrote before, it knows when it writes again, and a version of its own would tell nothing.
 *
 * A file is left as it is where something of it outlives the cut or can come to it unseen: others changed its name, mode
 * or owner, or it was mapped to be written.
 *
 * It must not know calls, processes or edges.
 */
import { StateTable } from '../state-table.ts';

interface Versions {
  version: number;
  /** Id of the version at hand; undefined for the first. */
  current: string | undefined;
  /** The first that wrote to it, without the kind: state that looks like an id keeps its vertex from being retired. */
  writer: string | undefined;
  /** Others wrote to it as well. */
  isShared: boolean;
  isPinned: boolean;
  order: number;
}

/** Files remembered; beyond it those without versions that came first are forgotten, and keep what they hold. */
const files_max = 200_000;
/** Beyond it no file that has one version gets another. */
const versioned_max = 100_000;

export class FileVersions {
  /** By the file's id without its kind. */
  readonly #files: StateTable<Versions>;
  readonly #counts: StateTable<number>;
  #order: number;
  #versioned: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#files = new StateTable('file-version', saved);
    this.#counts = new StateTable('file-version-count', saved);
    this.#order = this.#counts.get('order') ?? 0;
    this.#versioned = this.#counts.get('versioned') ?? 0;
  }

  /** What stands for `file` now. */
  current(file: string): string {
    return this.#files.get(keyOf(file))?.current ?? file;
  }

  /** `actor` put something into it. */
  wrote(file: string, actor: string): void {
    const known = this.#of(file);
    const writer = keyOf(actor);
    if (known.writer === writer || known.isShared) return;
    if (known.writer === undefined) known.writer = writer;
    else known.isShared = true;
    this.#files.touch(keyOf(file));
  }

  /** Something of it changed, or may change unseen, that a cut does not undo. */
  pin(file: string): void {
    const known = this.#of(file);
    if (known.isPinned) return;
    known.isPinned = true;
    this.#files.touch(keyOf(file));
  }

  /**
   * `actor` cut it to nothing. True where that begins a version. `isHeld`: whether somebody may go on to write where
   * he was; asked last, since it takes a look at all that is open.
   */
  cut(file: string, actor: string, isHeld: () => boolean): boolean {
    const known = this.#files.get(keyOf(file));
    if (known === undefined || known.isPinned) return false;
    if (!known.isShared && (known.writer === undefined || known.writer === keyOf(actor))) return false;
    if (known.version === 0 && this.#versioned >= versioned_max) return false;
    if (isHeld()) return false;
    if (known.version === 0) this.#versioned++;
    known.version++;
    known.current = `${file}~${known.version}`;
    known.writer = undefined;
    known.isShared = false;
    this.#files.touch(keyOf(file));
    return true;
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#counts.set('order', this.#order);
    this.#counts.set('versioned', this.#versioned);
    this.#counts.drainInto(into);
    this.#files.drainInto(into);
  }

  #of(file: string): Versions {
    const known = this.#files.get(keyOf(file));
    if (known !== undefined) return known;
    if (this.#files.size > files_max * 1.1) this.#forget();
    const fresh = { version: 0, current: undefined, writer: undefined, isShared: false, isPinned: false };
    return this.#files.set(keyOf(file), { ...fresh, order: this.#order++ });
  }

  #forget(): void {
    const oldest = this.#order - files_max + this.#versioned;
    for (const [key, { order, version }] of [...this.#files.entries()])
      if (version === 0 && order < oldest) this.#files.delete(key);
  }
}

function keyOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
