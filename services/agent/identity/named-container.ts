/** The cgroups of a container that somebody calls by its name, or by its id or the beginning of it. */
import { cgroupOwner } from './cgroup-path.ts';
import { containerDetail } from './container-detail.ts';
import type { ContainerWatchOptions } from './container-watch.ts';

/** An id that is cut shorter could be anybody's. */
const id_length_min = 8;

/** As the helper takes them: inodes, those of version 1 marked. Empty where no container is called so. */
export function cgroupsOfContainer(
  { tree, folders }: Pick<ContainerWatchOptions, 'tree' | 'folders'>,
  name: string,
): string[] {
  const found: string[] = [];
  for (const { path, version, inode } of tree.folders()) {
    const owner = cgroupOwner(path);
    if (owner === undefined) continue;
    const isId = owner.id === name || (name.length >= id_length_min && owner.id.startsWith(name));
    if (!isId && (owner.kind === 'service' || containerDetail(owner, folders).name !== name)) continue;
    found.push(version === 1 ? `v1:${inode}` : String(inode));
  }
  return found;
}
