/**
 * Who the cgroups that records name belong to. Looked up as a cgroup is first seen, in a fork or exec of a record, so
 * that a container that lives for a moment is known, and remembered after it is gone. It must not know what is done
 * with a sample.
 */
import type { ContainerRecord } from '../../contract/container-record.ts';
import { formatTime } from '../../contract/time-text.ts';
import { realTime } from '../host/this-host.ts';
import { cgroupOwner } from './cgroup-path.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import { containerDetail, type RuntimeFolders } from './container-detail.ts';
import { type ProcFolder, processAddresses, processCgroup, processNames } from './proc-files.ts';

export interface ContainerWatchOptions extends ProcFolder {
  readonly tree: CgroupTree;
  readonly folders: RuntimeFolders;
  readonly onSample: (sample: ContainerRecord) => void;
}

interface Known {
  readonly path: string;
  /** JSON of the last sample without its time, so that only changes are told. */
  told: string;
}

const cgroups_max = 20_000;
/** Processes that one sample names: a record holds no more. */
const pids_max = 64;

export class ContainerWatch {
  readonly #options: ContainerWatchOptions;
  /** By inode; the host's own cgroups stand for nothing. */
  readonly #known = new Map<number, Known | undefined>();
  /** By runtime's id. */
  readonly #names = new Map<string, string>();

  constructor(options: ContainerWatchOptions) {
    this.#options = options;
  }

  /** What the container of that id is called, of those that were ever seen. */
  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  /** Containers and services that are there now; those that were told before only where something changed. */
  scan(): void {
    for (const { path, inode } of this.#options.tree.folders()) this.#look([inode], path, undefined);
  }

  /** A process was seen in cgroups with these inodes. `path` is theirs where the record said it. */
  seen(cgroups: readonly number[], path: string, pid: number): void {
    const fresh = cgroups.filter((inode) => inode !== 0 && !this.#known.has(inode));
    if (fresh.length === 0) return;
    const { tree } = this.#options;
    // On a hybrid host a record says the path in one hierarchy; and a process that has ended is shown at a root.
    const isTheirs = (said: string) => said !== '' && !tree.isOther(said, fresh);
    const said = isTheirs(path) ? path : (processCgroup(this.#options, pid)?.path ?? '');
    if (isTheirs(said)) this.#look(fresh, said, pid);
  }

  /** For sources that name no cgroup: the process is looked up itself. */
  seenPid(pid: number): void {
    const cgroup = processCgroup(this.#options, pid);
    if (cgroup === undefined) return;
    this.#look(this.#options.tree.inodes(cgroup.path), cgroup.path, pid);
  }

  #look(inodes: readonly number[], path: string, pid: number | undefined): void {
    const owner = cgroupOwner(path);
    const known = inodes.map((inode) => this.#known.get(inode)).find((k) => k !== undefined) ?? {
      path,
      told: '',
    };
    if (owner === undefined) {
      for (const inode of inodes) this.#remember(inode, undefined);
      return;
    }
    const { tree, folders } = this.#options;
    const pids = tree.pids(path).slice(0, pids_max);
    const detail =
      owner.kind === 'service'
        ? { name: owner.id, labels: { service: owner.id }, initPid: undefined, image: undefined }
        : containerDetail(owner, folders);
    const initPid = detail.initPid ?? pids[0] ?? pid;
    // Nobody is in it yet: the first process that is seen there tells of it.
    if (initPid === undefined) return;
    for (const inode of inodes) this.#remember(inode, known);
    const cgroups = [...new Set([...inodes, ...tree.inodes(path)])];
    this.#rememberName(owner.id, detail.name);
    this.#tell(known, {
      time: '',
      kind: owner.kind,
      container: detail.name,
      id: owner.id,
      ...(detail.image === undefined ? {} : { image: detail.image }),
      labels: detail.labels,
      initPid,
      addresses: owner.kind === 'service' ? [] : processAddresses(this.#options, initPid),
      cgroup: path,
      cgroups,
      pids: owner.kind === 'service' ? [] : this.#named(pids),
    });
  }

  #named(pids: readonly number[]): [number, number, string][] {
    return pids.flatMap((pid) => {
      const names = processNames(this.#options, pid);
      return names === undefined ? [] : [[pid, names.namespacePid, names.comm] as [number, number, string]];
    });
  }

  #tell(known: Known, sample: ContainerRecord): void {
    const text = JSON.stringify(sample);
    if (text === known.told) return;
    known.told = text;
    this.#options.onSample({ ...sample, time: formatTime(realTime()) });
  }

  #rememberName(id: string, name: string): void {
    if (this.#names.size >= cgroups_max) this.#names.delete(this.#names.keys().next().value!);
    this.#names.set(id, name);
  }

  #remember(inode: number, known: Known | undefined): void {
    if (this.#known.size >= cgroups_max && !this.#known.has(inode)) {
      this.#known.delete(this.#known.keys().next().value!);
    }
    this.#known.set(inode, known);
  }
}
