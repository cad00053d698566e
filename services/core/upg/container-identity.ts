/**
 * What an agent saw on its host of containers: their init process, addresses and the namespace pids of their
 * processes. Audit records name none of these. It must not know the graph.
 */
import { StateTable } from '../state-table.ts';
import type { ContainerAddresses } from './socket-pairing.ts';

/** One look at one container. */
export interface ContainerSample {
  readonly kind: 'container';
  readonly host: string;
  /** ns since the epoch. */
  readonly time: bigint;
  /** A service's processes are known by its cgroups alone, and its addresses are the host's. */
  readonly of?: 'container' | 'service' | undefined;
  readonly container: string;
  readonly image?: string | undefined;
  /** What its platform says of what runs in it: function, pod, service. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly initPid: number;
  readonly addresses: readonly string[];
  /** Inodes of its cgroups, where the agent could have them. */
  readonly cgroups?: readonly number[] | undefined;
  /** [host pid, namespace pid, comm] */
  readonly pids: readonly (readonly [number, number, string])[];
}

export type ContainerAbout = Readonly<Record<string, string>>;

export interface PidIdentity {
  container: string;
  namespacePid: number;
  /** Time (ns) of the sample that said so first. */
  since: bigint;
}

const pids_max = 100_000;
const cgroups_max = 20_000;

export class ContainerIdentity implements ContainerAddresses {
  readonly #pids: StateTable<PidIdentity>;
  readonly #addresses: StateTable<string[]>;
  readonly #abouts: StateTable<ContainerAbout>;
  /** By host and inode. */
  readonly #cgroups: StateTable<{ container: string; since: bigint }>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#pids = new StateTable('pid', saved);
    this.#addresses = new StateTable('container', saved);
    this.#abouts = new StateTable('container-about', saved);
    this.#cgroups = new StateTable('cgroup', saved);
  }

  /** Gives the cgroups that were not known to be the container's. */
  learn(sample: ContainerSample): readonly number[] {
    const key = `${sample.host}/${sample.container}`;
    const { container, image, labels, time: since } = sample;
    if (sample.of !== 'service') this.#learnProcesses(key, sample);
    const about = { ...labels, ...(image === undefined ? {} : { image }) };
    if (JSON.stringify(this.#abouts.get(key) ?? {}) !== JSON.stringify(about)) this.#abouts.set(key, about);
    const fresh = (sample.cgroups ?? []).filter((id) => this.ofCgroup(sample.host, id) !== container);
    // Those that are in use come again with the agent's next look.
    if (this.#cgroups.size > cgroups_max)
      for (const [old] of [...this.#cgroups.entries()]) this.#cgroups.delete(old);
    for (const id of fresh) this.#cgroups.set(`${sample.host}/${id}`, { container, since });
    return fresh;
  }

  /** Image, function, pod, service: as the platform has it. */
  about(host: string, container: string): ContainerAbout {
    return this.#abouts.get(`${host}/${container}`) ?? {};
  }

  ofCgroup(host: string, cgroup: number): string | undefined {
    return this.#cgroups.get(`${host}/${cgroup}`)?.container;
  }

  of(host: string, container: string): readonly string[] | undefined {
    return this.#addresses.get(`${host}/${container}`);
  }

  /** What is known of a live host pid. */
  ofPid(host: string, pid: number): PidIdentity | undefined {
    return this.#pids.get(`${host}/${pid}`);
  }

  exited(host: string, pid: number): void {
    this.#pids.delete(`${host}/${pid}`);
  }

  /** The pids of a boot mean nothing in the next; `after` (ns) is the newest time of the boot before. */
  rebooted(host: string, after: bigint): void {
    for (const [key, { since }] of [...this.#pids.entries()]) {
      if (since <= after && key.startsWith(`${host}/`)) this.#pids.delete(key);
    }
    for (const [key, { since }] of [...this.#cgroups.entries()]) {
      if (since <= after && key.startsWith(`${host}/`)) this.#cgroups.delete(key);
    }
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#pids.drainInto(into);
    this.#addresses.drainInto(into);
    this.#abouts.drainInto(into);
    this.#cgroups.drainInto(into);
  }

  #learnProcesses(key: string, { host, container, time: since, ...sample }: ContainerSample): void {
    if (this.#addresses.get(key)?.join() !== sample.addresses.join()) {
      this.#addresses.set(key, [...sample.addresses]);
    }
    this.#learnPid(host, sample.initPid, { container, namespacePid: 1, since });
    for (const [hostPid, namespacePid] of sample.pids) {
      this.#learnPid(host, hostPid, { container, namespacePid, since });
    }
  }

  #learnPid(host: string, pid: number, identity: PidIdentity): void {
    const key = `${host}/${pid}`;
    const known = this.#pids.get(key);
    if (known?.container === identity.container && known.namespacePid === identity.namespacePid) return;
    if (known !== undefined || this.#pids.size < pids_max) this.#pids.set(key, identity);
  }
}
