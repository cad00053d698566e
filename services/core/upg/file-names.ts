/**
 * The inode that each path last meant, for calls whose record names a path alone: what a call removed or moved has no
 * inode under its name any more. It must not know vertices.
 */
import type { PathItem } from '../event/event.ts';
import { StateTable } from '../state-table.ts';

interface Name {
  readonly device: string;
  readonly inode: number;
  readonly order: number;
}

/** Beyond it those that were learned first are forgotten, and their paths stand for themselves. */
const names_max = 100_000;

export class FileNames {
  readonly #names: StateTable<Name>;
  readonly #orders: StateTable<number>;
  #order: number;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#names = new StateTable('file-name', saved);
    this.#orders = new StateTable('file-name-order', saved);
    this.#order = this.#orders.get('') ?? 0;
  }

  /** The items of one call in a mount namespace, with inodes where they are known; `success` of the call. */
  complete(scope: string, items: readonly PathItem[], success: boolean): PathItem[] {
    const created = items.find((item) => item.nametype === 'CREATE');
    if (created === undefined) return items.map((item) => this.#complete(scope, item, success));
    const source = this.#complete(scope, items[0]!, success);
    const replaced = this.#complete(scope, { ...created, nametype: 'DELETE' }, success);
    const moved = { ...created, inode: source.inode, device: source.device };
    if (success) this.#learn(scope, moved);
    const isReplaced =
      source.nametype === 'DELETE' && replaced.inode !== undefined && replaced.inode !== source.inode;
    return isReplaced ? [source, replaced, moved] : [source, moved];
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#names.drainInto(into);
    this.#orders.set('', this.#order);
    this.#orders.drainInto(into);
  }

  #complete(scope: string, item: PathItem, success: boolean): PathItem {
    if (item.path === undefined) return item;
    const key = `${scope}:${item.path}`;
    const known = this.#names.get(key);
    if (item.nametype === 'DELETE' && success) this.#names.delete(key);
    else this.#learn(scope, item);
    if (item.inode !== undefined || known === undefined) return item;
    return { ...item, inode: known.inode, device: known.device };
  }

  #learn(scope: string, { path, inode, device }: PathItem): void {
    if (path === undefined || inode === undefined || device === undefined) return;
    const key = `${scope}:${path}`;
    const known = this.#names.get(key);
    if (known?.inode === inode && known.device === device) return;
    this.#names.set(key, { device, inode, order: this.#order++ });
    if (this.#names.size <= names_max * 1.1) return;
    const oldest = this.#order - names_max;
    for (const [old, { order }] of [...this.#names.entries()]) if (order < oldest) this.#names.delete(old);
  }
}
