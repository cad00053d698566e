/**
 * A capture source as a process: the native helper, whose standard output is whole records; ended by SIGTERM, after
 * which it gives what it still has. It must not know what records say.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { SourceName } from '../../core/record/record-kind.ts';
import { AgentError } from '../agent-error.ts';

export interface HelperOptions {
  readonly helper: string;
  readonly source: SourceName;
  readonly prefixes: readonly string[];
  /** Directories or inodes of cgroups whose standard output is a log; every one with `all`. */
  readonly cgroups: readonly string[] | 'all';
  /** Nothing of processes outside of these cgroups is recorded. */
  readonly onlyCgroups?: boolean | undefined;
  readonly ringBytes?: number | undefined;
  /** Who called for log writes is recorded, by sources that can tell. */
  readonly stacks?: boolean | undefined;
}

/** Kept of what the helper complains of. */
const complaint_length_max = 4_096;

export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #source: string;
  readonly #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #complaint = '';
  #isStopped = false;

  constructor(options: HelperOptions) {
    this.#source = options.source;
    // In a group of its own: a Ctrl-C on the terminal is for whoever started it, who then ends it in order.
    this.#child = spawn(options.helper, helperArguments(options, process.pid), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-complaint_length_max);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (cause) => {
        this.#complaint += cause.message;
        this.#child.stdout!.destroy();
        resolve({ code: null, signal: null });
      });
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get records(): Readable {
    return this.#child.stdout!;
  }

  /** Asks for the end; `records` gives what is left, and then ends. */
  stop(): void {
    this.#isStopped = true;
    this.#child.kill('SIGTERM');
  }

  /** Resolves when the helper is gone; rejects with AgentError where it went before it was asked to. */
  async ended(): Promise<void> {
    const { code, signal } = await this.#ended;
    if (code === 0 || (this.#isStopped && signal !== null)) return;
    const why = this.#complaint.trim().split('\n').at(-1) || `it ended with ${code ?? signal}`;
    throw new AgentError('source', `the ${this.#source} source can't be read: ${why}`, {
      hint: 'disprotrack doctor says which sources this machine has',
    });
  }
}

/** `ignored` is of whom nothing is recorded: a pid, or the helper's parent. */
export function helperArguments(options: HelperOptions, ignored: number | 'parent'): string[] {
  const { source, prefixes, cgroups, onlyCgroups = false, ringBytes, stacks = false } = options;
  return [
    source,
    ...prefixes.flatMap((prefix) => ['--prefix', prefix]),
    ...(cgroups === 'all' ? ['--all-cgroups'] : cgroups.flatMap((cgroup) => ['--cgroup', cgroup])),
    ...['--ignore-tgid', String(ignored)],
    ...(ringBytes === undefined ? [] : ['--ring-bytes', String(ringBytes)]),
    ...(onlyCgroups ? ['--only-cgroups'] : []),
    ...(stacks ? ['--stacks'] : []),
  ];
}
