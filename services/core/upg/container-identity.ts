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

export interface PidIdentity {
  container: string;
  namespacePid: number;
  /** Time (ns) of the sample that said so first. */
  since: bigint;
}

const pids_max = 100_000;

export class ContainerIdentity implements ContainerAddresses {
  readonly #pids: StateTable<PidIdentity>;
  readonly #addresses: StateTable<string[]>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#pids = new StateTable('pid', saved);
    this.#addresses = new StateTable('container', saved);
  }

  learn(sample: ContainerSample): void {
    const key = `${sample.host}/${sample.container}`;
    if (this.#addresses.get(key)?.join() !== sample.addresses.join()) {
      this.#addresses.set(key, [...sample.addresses]);
    }
    const { container, time: since } = sample;
    this.#learnPid(sample.host, sample.initPid, { container, namespacePid: 1, since });
    for (const [hostPid, namespacePid] of sample.pids) {
      this.#learnPid(sample.host, hostPid, { container, namespacePid, since });
    }
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
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#pids.drainInto(into);
    this.#addresses.drainInto(into);
  }

  #learnPid(host: string, pid: number, identity: PidIdentity): void {
    const key = `${host}/${pid}`;
    const known = this.#pids.get(key);
    if (known?.container === identity.container && known.namespacePid === identity.namespacePid) return;
    if (known !== undefined || this.#pids.size < pids_max) this.#pids.set(key, identity);
  }
}
