/**
 * The true unit of each call and line of a recorded server: by the bytes of its connection, by the tagged file that it
 * is on, by the tag in the line that it wrote. What lies between two calls of one request in one thread, with no other
 * request's between them, is that request's. It must not know what the product makes of the same recording.
 */
import type { SystemEvent } from '../../../services/core/event/event.ts';

/** What the client says of one request. */
export interface SentRequest {
  readonly tag: string;
  readonly port: number;
  /** Where its bytes begin and end in the connection; `received` those of its answer. */
  readonly sent: readonly [number, number];
  readonly received: readonly [number, number];
}

export interface TrueCall {
  readonly tag: string;
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

export function trueUnits(events: readonly SystemEvent[], requests: readonly SentRequest[]): TrueUnits {
  const connections = new Map<number, Connection>();
  for (const port of new Set(requests.map((request) => request.port))) {
    connections.set(port, new Connection(requests.filter((request) => request.port === port)));
  }
  const names = new Map<string, string>();
  const lines = new Map<string, string>();
  const calls: TrueCall[] = [];
  let unknown = 0;
  /** By thread: the last call whose tag is known, and those since. */
  const threads = new Map<number, { tag: string; since: Omit<TrueCall, 'tag'>[] }>();
  for (const event of events) {
    for (const entry of event.kernel?.entries ?? []) {
      const tags = tagsIn(entry.message);
      if (tags.length === 1) lines.set(entry.message, tags[0]!);
    }
    // The end of another connection lies between.
    const ended = reads.has(event.syscall) && event.exit <= 0 ? portOf(event) : undefined;
    if (ended !== undefined && connections.has(ended)) {
      unknown += threads.get(event.kernel!.tid)?.since.length ?? 0;
      threads.delete(event.kernel!.tid);
    }
    const object = objectOf(event, connections, names);
    if (object === undefined) continue;
    const thread = event.kernel!.tid;
    const call = { syscall: event.syscall, object, time: event.time, process: event.pid, thread };
    const tag = connections.get(Number(object))?.tagOf(event) ?? taggedBy(event, object);
    const before = threads.get(thread);
    if (tag === undefined) {
      if (before === undefined) unknown++;
      else before.since.push(call);
      continue;
    }
    if (before?.tag === tag) calls.push(...before.since.map((each) => ({ ...each, tag })));
    else unknown += before?.since.length ?? 0;
    calls.push({ ...call, tag });
    threads.set(thread, { tag, since: [] });
  }
  for (const { since } of threads.values()) unknown += since.length;
  calls.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return { calls, lines, unknown };
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
  const port = portOf(event);
  if (port !== undefined) return connections.has(port) ? String(port) : undefined;
  if (syscall === 'sendfile') return undefined;
  const { object } = kernel;
  const path = object?.path ?? paths[0]?.path;
  if (object === undefined) return path;
  // Reads do not say a file's name again.
  const inode = `${object.device}/${object.inode}`;
  if (path !== undefined) names.set(inode, path);
  return path ?? names.get(inode);
}

function portOf({ kernel }: SystemEvent): number | undefined {
  const remote = kernel?.socket?.remote;
  return remote !== undefined && 'address' in remote ? remote.port : undefined;
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

/** Counts the bytes of one connection as the server reads and writes them. */
class Connection {
  readonly #requests: readonly SentRequest[];
  #read = 0;
  #written = 0;

  constructor(requests: readonly SentRequest[]) {
    this.#requests = requests;
  }

  tagOf({ syscall, exit, args }: SystemEvent): string | undefined {
    if (reads.has(syscall)) {
      const at = this.#read;
      if (syscall !== 'recvfrom' || (args[3] & peek) === 0) this.#read += exit;
      return this.#requests.find(({ sent }) => sent[0] <= at && at < sent[1])?.tag;
    }
    if (writes.has(syscall)) {
      const at = this.#written;
      this.#written += exit;
      return this.#requests.find(({ received }) => received[0] <= at && at < received[1])?.tag;
    }
    return this.#requests[0]?.tag;
  }
}
