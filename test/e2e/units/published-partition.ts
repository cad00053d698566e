/**
 * The partitioning as it was published with the paper, for comparison: one state in one LMS-CFG for all processes
 * together; the first line is looked for in all of it, later ones among what is at most 15 steps on, then in all of
 * it; all between two ends belongs to one unit; a leaf, or a loop's end once one of its calls is made, is an end. A
 * subject is an executable's path within a unit, an object is a path or an address, and a trace knows no time.
 */
import type { SystemEvent } from '../../../services/core/event/event.ts';
import type { LmsCfg, LmsNode } from '../../../services/core/lms/lms-cfg.ts';
import type { Matcher } from '../../../services/core/lms/matcher.ts';

const lookAhead_steps_max = 15;
const intoSubject = new Set('read readv pread64 recvfrom recvmsg accept accept4 mmap'.split(' '));
const outOfSubject = new Set(
  'write writev pwrite64 sendto sendmsg sendfile connect unlink rename'.split(' '),
);

export class PublishedPartition {
  /** Vertex → those that information came from. */
  readonly #sources = new Map<string, Set<string>>();
  readonly #cfg: LmsCfg;
  readonly #matcher: Matcher;
  /** By process: its subject from each time on, the newest last. */
  readonly #subjects = new Map<number, { from: bigint; subject: string }[]>();
  #unit = 1;
  #node: LmsNode | undefined;
  #ending: readonly string[] | undefined;

  constructor(cfg: LmsCfg, matcher: Matcher) {
    this.#cfg = cfg;
    this.#matcher = matcher;
  }

  add(event: SystemEvent): void {
    for (const { message } of event.kernel?.entries ?? []) this.#line(message);
    this.#call(event);
    if (this.#ending === undefined) return;
    if (this.#ending.length > 0 && !this.#ending.includes(event.syscall)) return;
    this.#unit++;
    this.#ending = undefined;
  }

  subjectAt(process: number, time: bigint): string {
    return this.#subjects.get(process)?.findLast(({ from }) => from <= time)?.subject ?? '';
  }

  /** All that can have led to `object`, itself left out. */
  behind(object: string): number {
    const seen = new Set([object]);
    const queue = [object];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const source of this.#sources.get(at) ?? []) {
        if (seen.has(source)) continue;
        seen.add(source);
        queue.push(source);
      }
    }
    return seen.size - 1;
  }

  #line(message: string): void {
    const candidates = this.#matcher.match(message).map(({ node }) => node);
    if (candidates.length === 0) return;
    const near = this.#node === undefined ? undefined : this.#reachable(this.#node.id, candidates);
    this.#node = near ?? candidates[0]!;
    const isLeaf = this.#cfg.successors(this.#node.id).length === 0;
    if (isLeaf || this.#node.loopEnd) this.#ending = this.#node.endSyscalls;
  }

  #reachable(from: number, candidates: readonly LmsNode[]): LmsNode | undefined {
    const seen = new Set<number>();
    let level = [from];
    for (let steps = 0; steps < lookAhead_steps_max && level.length > 0; steps++) {
      level = level.flatMap((at) => this.#cfg.successors(at)).filter((next) => !seen.has(next));
      for (const next of level) seen.add(next);
      level = [...new Set(level)];
      const found = candidates.find(({ id }) => seen.has(id));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #call(event: SystemEvent): void {
    if (!event.success) return;
    const subject = `${event.exe} #${this.#unit}`;
    const subjects = this.#subjects.get(event.pid) ?? [];
    if (subjects.at(-1)?.subject !== subject) subjects.push({ from: event.time, subject });
    this.#subjects.set(event.pid, subjects);
    if (event.syscall === 'execve') {
      for (const { path } of event.paths) if (path !== undefined) this.#edge(path, subject);
      return;
    }
    if (event.kernel?.child !== undefined) {
      // Its own path is the parent's until it executes another: the same subject.
      return;
    }
    const object = objectOf(event);
    if (object === undefined) return;
    const writes = event.syscall === 'openat' && (event.args[2] & 3) !== 0;
    if (intoSubject.has(event.syscall) || (event.syscall === 'openat' && !writes))
      this.#edge(object, subject);
    if (outOfSubject.has(event.syscall) || writes) this.#edge(subject, object);
  }

  #edge(from: string, to: string): void {
    const sources = this.#sources.get(to);
    if (sources === undefined) this.#sources.set(to, new Set([from]));
    else sources.add(from);
  }
}

/** A path, or both ends of a connection in an order that either side comes to. */
function objectOf({ kernel, paths }: SystemEvent): string | undefined {
  const { local, remote } = kernel?.socket ?? {};
  if (local !== undefined && remote !== undefined && 'address' in local && 'address' in remote) {
    return connectionOf(`${local.address}:${local.port}`, `${remote.address}:${remote.port}`);
  }
  return kernel?.object?.path ?? paths[0]?.path;
}

export function connectionOf(one: string, other: string): string {
  return [one, other].sort().join('~');
}
