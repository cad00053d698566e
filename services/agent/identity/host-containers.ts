/** Where this host keeps what tells of its containers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CgroupTree } from './cgroup-tree.ts';
import { type RuntimeFolders, usualFolders } from './container-detail.ts';
import type { ContainerWatchOptions } from './container-watch.ts';

export interface ContainerPlaces {
  readonly proc?: string;
  readonly cgroups?: string;
  readonly folders?: Partial<RuntimeFolders>;
}

/** `places` in a container's own view of its host, such as `/host/proc`. */
export function hostContainers(places: ContainerPlaces = {}): Omit<ContainerWatchOptions, 'onSample'> {
  const { proc = '/proc', cgroups = '/sys/fs/cgroup', folders = {} } = places;
  return {
    proc,
    tree: new CgroupTree(cgroups),
    folders: {
      docker: folders.docker ?? usualFolders.docker,
      engines: () => dockerRoots(proc),
      containerd: folders.containerd ?? usualFolders.containerd,
      runc: folders.runc ?? usualFolders.runc,
    },
  };
}

/** Data roots of the docker daemons that run now, those in containers of their own too, as this process can read them. */
function dockerRoots(proc: string): string[] {
  return pids(proc).flatMap((pid) => {
    const words = commandOf(proc, pid);
    if (!words[0]?.endsWith('dockerd')) return [];
    const given = words.flatMap((word, i) =>
      word.startsWith('--data-root=')
        ? [word.slice('--data-root='.length)]
        : word === '--data-root'
          ? words.slice(i + 1, i + 2)
          : [],
    );
    const roots = given.length > 0 ? given : usualFolders.docker;
    return roots.map((root) => join(proc, pid, 'root', root));
  });
}

function pids(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function commandOf(proc: string, pid: string): string[] {
  try {
    return readFileSync(`${proc}/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
