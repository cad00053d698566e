/**
 * The cgroup file systems of this host: v2, v1 (by the pids controller) or both. Gives the inode of each group's folder,
 * which is what records name a cgroup by. It must not know who a cgroup belongs to.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface CgroupFolder {
  readonly path: string;
  readonly version: 1 | 2;
  readonly inode: number;
}

const folders_max = 50_000;

export class CgroupTree {
  /** Mount points, by version; undefined where there is none. */
  readonly #roots: { readonly version: 1 | 2; readonly root: string }[];

  constructor(mount: string) {
    const unified = existsSync(join(mount, 'cgroup.controllers')) ? mount : join(mount, 'unified');
    const pids = join(mount, 'pids');
    this.#roots = [
      ...(existsSync(join(unified, 'cgroup.procs')) ? [{ version: 2 as const, root: unified }] : []),
      ...(existsSync(join(pids, 'cgroup.procs')) && unified !== mount
        ? [{ version: 1 as const, root: pids }]
        : []),
    ];
  }

  get versions(): readonly (1 | 2)[] {
    return this.#roots.map(({ version }) => version);
  }

  /** Every cgroup that there is now. */
  *folders(): Generator<CgroupFolder> {
    let left = folders_max;
    for (const { version, root } of this.#roots) {
      const open = [''];
      while (open.length > 0 && left-- > 0) {
        const path = open.pop()!;
        const inode = inodeOf(join(root, path));
        if (inode === undefined) continue;
        yield { path: path === '' ? '/' : path, version, inode };
        for (const name of childrenOf(join(root, path))) open.push(`${path}/${name}`);
      }
    }
  }

  /** Inodes of the folders that the path has in any version. */
  inodes(path: string): number[] {
    return this.#roots
      .filter(() => path !== '/')
      .map(({ root }) => inodeOf(join(root, path)))
      .filter((inode) => inode !== undefined);
  }

  /** Whether the path is there and has none of these inodes, in any version. */
  isOther(path: string, inodes: readonly number[]): boolean {
    const own = this.#roots
      .map(({ root }) => inodeOf(join(root, path)))
      .filter((inode) => inode !== undefined);
    return own.length > 0 && !own.some((inode) => inodes.includes(inode));
  }

  /** Host pids in the group. */
  pids(path: string): number[] {
    for (const { root } of this.#roots) {
      const pids = pidsIn(join(root, path, 'cgroup.procs'));
      if (pids.length > 0) return pids;
    }
    return [];
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder).ino;
  } catch {
    return undefined;
  }
}

function childrenOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function pidsIn(file: string): number[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}
