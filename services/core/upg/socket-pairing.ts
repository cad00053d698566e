/**
 * Finds the connection that both sides share when neither record names it whole: audit gives the connecting side
 * the server's address and the accepting side the client's. A connect and an accept at the same server port are one
 * connection when their addresses allow it, in order (the kernel's accept queue is first in, first out).
 * It must not know processes, descriptors or edges.
 */
import { StateTable } from '../state-table.ts';

export interface Waiting {
  vertex: string;
  host: string;
  time: bigint;
  container: string | undefined;
  /** Of a connect: the server's address. Of an accept: the client's. Empty for a unix socket. */
  address: string;
  port: number;
}

interface Queue {
  connects: Waiting[];
  accepts: Waiting[];
}

/** What is known of the addresses of containers, from the agent's identity records. */
export interface ContainerAddresses {
  of(host: string, container: string): readonly string[] | undefined;
}

const waiting_max = 1_024;
/** A connection may wait so long in a busy server's accept queue. */
const connectWait_ns_max = 60_000_000_000n;
/** An accept may be reported this much before its connect (another processor, another host's clock). */
const acceptWait_ns_max = 1_000_000_000n;

export class SocketPairing {
  readonly #queues: StateTable<Queue>;
  readonly #containers: ContainerAddresses;

  constructor(saved: ReadonlyMap<string, string>, containers: ContainerAddresses) {
    this.#queues = new StateTable('pairing', saved);
    this.#containers = containers;
  }

  /** The accept that this connect belongs to, if that was seen first; otherwise the connect waits for it. */
  connected(service: string, connect: Waiting): Waiting | undefined {
    const queue = this.#queue(service);
    const at = queue.accepts.findIndex(
      (accept) => connect.time - accept.time < acceptWait_ns_max && this.#fit(connect, accept),
    );
    this.#queues.touch(service);
    if (at >= 0) return queue.accepts.splice(at, 1)[0];
    push(queue.connects, connect, connectWait_ns_max);
    return undefined;
  }

  accepted(service: string, accept: Waiting): Waiting | undefined {
    const queue = this.#queue(service);
    const at = queue.connects.findIndex(
      (connect) => accept.time - connect.time < connectWait_ns_max && this.#fit(connect, accept),
    );
    this.#queues.touch(service);
    if (at >= 0) return queue.connects.splice(at, 1)[0];
    push(queue.accepts, accept, acceptWait_ns_max);
    return undefined;
  }

  /** The connect was closed without an accept (refused, or its server is not watched). */
  withdraw(service: string, vertex: string): void {
    const queue = this.#queues.get(service);
    const at = queue?.connects.findIndex((w) => w.vertex === vertex) ?? -1;
    if (at < 0) return;
    queue!.connects.splice(at, 1);
    this.#queues.touch(service);
  }

  /** Whoever waited on the host is gone. */
  rebooted(host: string): void {
    for (const [service, queue] of this.#queues.entries()) {
      const waiting = queue.connects.length + queue.accepts.length;
      queue.connects = queue.connects.filter((w) => w.host !== host);
      queue.accepts = queue.accepts.filter((w) => w.host !== host);
      if (queue.connects.length + queue.accepts.length < waiting) this.#queues.touch(service);
    }
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#queues.drainInto(into);
  }

  #queue(service: string): Queue {
    return this.#queues.get(service) ?? this.#queues.set(service, { connects: [], accepts: [] });
  }

  #fit(connect: Waiting, accept: Waiting): boolean {
    const sameHost = connect.host === accept.host;
    if (connect.address === '') return sameHost;
    const loopback = isLoopback(connect.address);
    if (loopback !== isLoopback(accept.address)) return false;
    if (loopback) return sameHost && connect.container === accept.container;
    const server = this.#addresses(accept);
    if (server !== undefined && !server.includes(connect.address)) return false;
    const client = this.#addresses(connect);
    return client === undefined || client.includes(accept.address);
  }

  #addresses(w: Waiting): readonly string[] | undefined {
    return w.container === undefined ? undefined : this.#containers.of(w.host, w.container);
  }
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function push(list: Waiting[], w: Waiting, wait_ns_max: bigint): void {
  while (list.length > 0 && (list.length >= waiting_max || w.time - list[0]!.time > wait_ns_max))
    list.shift();
  list.push(w);
}
