/** Where this host keeps what tells of its containers. */
import { readdirSync, readFileSync } from 'node:fs';
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
      docker: [...(folders.docker ?? usualFolders.docker), ...dockerRoots(proc)],
      containerd: folders.containerd ?? usualFolders.containerd,
      runc: folders.runc ?? usualFolders.runc,
    },
  };
}

/** Data roots that running docker daemons were given. */
function dockerRoots(proc: string): string[] {
  return pids(proc).flatMap((pid) => {
    const words = commandOf(proc, pid);
    if (!words[0]?.endsWith('dockerd')) return [];
    const root = words.flatMap((word, i) =>
      word.startsWith('--data-root=')
        ? [word.slice('--data-root='.length)]
        : word === '--data-root'
          ? [words[i + 1]!]
          : [],
    );
    return root.filter((folder) => folder !== undefined);
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
