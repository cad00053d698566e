/**
 * Which file a path means now: device and inode where the kernel gave them, with a new incarnation where an inode
 * number comes back after its file was deleted. It must not know processes or edges.
 */
import type { PathItem, SystemEvent } from '../event/event.ts';
import { StateTable } from '../state-table.ts';
import { FileNames } from './file-names.ts';
import { inodeFileId, pathFileId } from './identity.ts';

/** Deleted inodes remembered for each host; beyond it the oldest are forgotten and may be taken for the file before. */
const inodes_max = 200_000;

interface InodeState {
  incarnation: number;
  deleted: boolean;
  /** Names that `link` added. */
  extraNames: number;
  order: number;
}

export class FileIdentity {
  readonly #inodes: StateTable<InodeState>;
  readonly #names: FileNames;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#inodes = new StateTable('inode', saved);
    this.#names = new FileNames(saved);
    this.#orders = new StateTable('inode-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  fileOf(host: string, container: string | undefined, item: PathItem): string | undefined {
    if (item.inode === undefined || item.device === undefined || item.inode === 0) {
      return item.path === undefined ? undefined : pathFileId(host, container, item.path);
    }
    const key = `${host}/${item.device}/${item.inode}`;
    const state = this.#inodes.get(key);
    if (state?.deleted && item.nametype !== 'DELETE') {
      state.incarnation++;
      state.deleted = false;
      this.#inodes.touch(key);
    }
    return inodeFileId(host, item.device, item.inode, state?.incarnation ?? 0);
  }

  /** A name is gone; with the last one, the next file under this inode number is another one. */
  deleted(host: string, item: PathItem): void {
    this.#change(host, item, (state) => {
      if (state.extraNames > 0) state.extraNames--;
      else state.deleted = true;
    });
  }

  linked(host: string, item: PathItem): void {
    this.#change(host, item, (state) => state.extraNames++);
  }

  /**
   * The event with the inodes of paths that the kernel named without them (a removed name has none left): those that
   * the names had when they were last seen.
   */
  named(event: SystemEvent): SystemEvent {
    const { kernel, paths, success } = event;
    if (kernel === undefined || paths.length === 0) return event;
    const scope = `${event.host}/${kernel.mountNamespace}`;
    return { ...event, paths: this.#names.complete(scope, paths, success) };
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#names.drainInto(into);
    this.#orders.set('', this.#order);
    this.#orders.drainInto(into);
    this.#inodes.drainInto(into);
  }

  #change(host: string, item: PathItem, change: (state: InodeState) => void): void {
    if (item.inode === undefined || item.device === undefined) return;
    const key = `${host}/${item.device}/${item.inode}`;
    const state = this.#inodes.get(key) ?? { incarnation: 0, deleted: false, extraNames: 0, order: 0 };
    state.order = this.#order++;
    change(state);
    this.#inodes.set(key, state);
    if (this.#inodes.size > inodes_max * 1.1) this.#forget();
  }

  #forget(): void {
    const oldest = this.#order - inodes_max;
    for (const [key, state] of this.#inodes.entries()) if (state.order < oldest) this.#inodes.delete(key);
  }
}
