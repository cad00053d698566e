/**
 * The true unit of each call and line of a recorded server: by the bytes of its connection, by the tagged file that it
 * is on, by the tag in the line that it wrote. What lies between two calls of one request in one thread, with no other
 * request's between them, is that request's. A unit is of one process: what several do for one request is a unit of
 * each. It must not know what the product makes of the same recording.
 */
import type { SystemEvent } from '../../../services/core/event/event.ts';

/** What the client says of one request. */
export interface SentRequest {
  readonly tag: string;
  readonly port: number;
  /** Where its bytes begin and end in the connection; `received` those of its answer. */
  readonly sent: readonly [number, number];
  readonly received: readonly [number, number];
  /** When it began, where its port may be used again by another one. */
  readonly begun_us?: number;
}

export interface TrueCall {
  readonly tag: string;
  /** Of the tag, in its process. */
  readonly unit: string;
  readonly syscall: string;
  /** The client's port, or the path of a file. */
  readonly object: string;
  readonly time: bigint;
  readonly process: number;
  readonly thread: number;
}

export interface TrueUnits {
  readonly calls: readonly TrueCall[];
  /** Lines with one tag, by their text. */
  readonly lines: ReadonlyMap<string, string>;
  /** Calls on something that no tag tells whose they are. */
  readonly unknown: number;
}

const tagPattern = /\bt\d\dr\d\d\b/g;
const reads = new Set(['read', 'readv', 'recvfrom', 'recvmsg', 'pread64']);
const writes = new Set(['write', 'writev', 'sendto', 'sendmsg', 'sendfile', 'pwrite64']);
const others = new Set(['accept', 'accept4', 'openat', 'open', 'mmap', 'connect', 'unlink']);
const peek = 2;
const typeMask = 0o170000;
const silentTypes = new Set([0o040000, 0o120000]);

export function trueUnits(events: readonly SystemEvent[], requests: readonly SentRequest[]): TrueUnits {
  const connections = new Map<number, Connection>();
  for (const port of new Set(requests.map((request) => request.port))) {
    const ofPort = requests.filter((request) => request.port === port);
    connections.set(port, new Connection(ofPort.sort((a, b) => (a.begun_us ?? 0) - (b.begun_us ?? 0))));
  }
  const names = new Map<string, string>();
  const lines = new Map<string, { tag: string; process: number }>();
  const calls: TrueCall[] = [];
  let unknown = 0;
  /** By thread: the last call whose tag is known, and those since. */
  const threads = new Map<number, { tag: string; since: Omit<TrueCall, 'tag' | 'unit'>[] }>();
  const served = new Set<number>();
  for (const event of events) {
    for (const entry of event.kernel?.entries ?? []) {
      const tags = tagsIn(entry.message);
      if (tags.length === 1) lines.set(entry.message, { tag: tags[0]!, process: event.pid });
    }
    // The end of another connection lies between.
    const ended = reads.has(event.syscall) && event.exit <= 0 ? portOf(event, connections) : undefined;
    if (ended !== undefined) {
      unknown += threads.get(event.kernel!.tid)?.since.length ?? 0;
      threads.delete(event.kernel!.tid);
    }
    const object = objectOf(event, connections, names);
    if (object === undefined) continue;
    const thread = event.kernel!.tid;
    const call = { syscall: event.syscall, object, time: event.time, process: event.pid, thread };
    const connection = connections.get(Number(object));
    if (connection !== undefined) served.add(event.pid);
    const tag = connection?.tagOf(event) ?? taggedBy(event, object);
    const before = threads.get(thread);
    if (tag === undefined) {
      if (before === undefined) unknown++;
      else before.since.push(call);
      continue;
    }
    const unit = `${tag} ${event.pid}`;
    if (before?.tag === tag) calls.push(...before.since.map((each) => ({ ...each, tag, unit })));
    else unknown += before?.since.length ?? 0;
    calls.push({ ...call, tag, unit });
    threads.set(thread, { tag, since: [] });
  }
  for (const { since } of threads.values()) unknown += since.length;
  // What a server starts (a shell) serves nobody by itself.
  const ofServers = calls.filter((call) => served.has(call.process));
  ofServers.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const linesOfServers = [...lines].filter(([, { process }]) => served.has(process));
  return {
    calls: ofServers,
    lines: new Map(linesOfServers.map(([text, { tag }]) => [text, tag])),
    unknown,
  };
}

/** What the call is on, where that is something that carries information. */
function objectOf(
  event: SystemEvent,
  connections: ReadonlyMap<number, Connection>,
  names: Map<string, string>,
): string | undefined {
  const { syscall, exit, success, kernel, paths } = event;
  if (!success || kernel === undefined) return undefined;
  const moves = reads.has(syscall) || writes.has(syscall);
  if (!(moves && exit > 0) && !others.has(syscall)) return undefined;
  if (kernel.socket?.remote !== undefined && 'address' in kernel.socket.remote)
    return portOf(event, connections)?.toString();
  if (syscall === 'sendfile') return undefined;
  const { object } = kernel;
  // Of folders, and of links by themselves, the graph keeps nothing.
  if (object !== undefined && silentTypes.has(object.mode & typeMask)) return undefined;
  const path = object?.path ?? paths[0]?.path;
  if (object === undefined) return path;
  // Reads do not say a file's name again.
  const inode = `${object.device}/${object.inode}`;
  if (path !== undefined) names.set(inode, path);
  return path ?? names.get(inode);
}

/** Of whoever asks on it, where that is known: the other end, or this one where a server asks another. */
function portOf({ kernel }: SystemEvent, connections: ReadonlyMap<number, Connection>): number | undefined {
  const ends = [kernel?.socket?.remote, kernel?.socket?.local];
  const ports = ends.map((end) => (end !== undefined && 'address' in end ? end.port : -1));
  return ports.find((port) => connections.has(port));
}

function taggedBy(event: SystemEvent, path: string): string | undefined {
  const ofPath = tagsIn(path);
  if (ofPath.length === 1) return ofPath[0];
  const ofLines = new Set(event.kernel!.entries.flatMap(({ message }) => tagsIn(message)));
  return ofLines.size === 1 ? [...ofLines][0] : undefined;
}

export function tagsIn(text: string): string[] {
  return [...new Set(text.match(tagPattern) ?? [])];
}

/** Counts the bytes of one connection as each of its ends reads and writes them. */
class Connection {
  readonly #requests: readonly SentRequest[];
  readonly #port: number;
  /** By whether it is the end that answers. */
  readonly #read = [0, 0];
  readonly #written = [0, 0];

  constructor(requests: readonly SentRequest[]) {
    this.#requests = requests;
    this.#port = requests[0]!.port;
  }

  tagOf({ syscall, exit, args, kernel, time }: SystemEvent): string | undefined {
    const local = kernel?.socket?.local;
    const end = local !== undefined && 'address' in local && local.port === this.#port ? 0 : 1;
    const isRead = reads.has(syscall);
    const isOfTime = ({ begun_us }: SentRequest): boolean =>
      begun_us === undefined || BigInt(begun_us) * 1_000n <= time;
    if (this.#requests[0]!.begun_us !== undefined) return this.#requests.findLast(isOfTime)?.tag;
    if (!isRead && !writes.has(syscall)) return this.#requests[0]?.tag;
    const counts = isRead ? this.#read : this.#written;
    const at = counts[end]!;
    if (syscall !== 'recvfrom' || (args[3] & peek) === 0) counts[end] = at + exit;
    const isAsked = isRead === (end === 1);
    return this.#requests.find((request) => {
      const [from, to] = isAsked ? request.sent : request.received;
      return from <= at && at < to;
    })?.tag;
  }
}
