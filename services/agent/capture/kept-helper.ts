/**
 * A capture source that outlives its agent: the native helper under its own keeper, which holds what it gave until the
 * agent says that it is kept. A restarted agent finds it by its socket in the spool's folder and goes on at the byte
 * behind the last record that the spool has. It must not know what records say.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../agent-error.ts';
import { type HelperOptions, helperArguments } from './helper-process.ts';

/** A place in what one run of a helper gives. */
export interface SourcePlace {
  readonly run: string;
  readonly position: number;
}

const complaint_length_max = 4_096;
const start_ms_max = 10_000;
const try_ms = 20;
/** What the kernel takes for the name of a socket. */
const path_bytes_max = 107;
const socketName = /^capture-[0-9a-f]{16}-[0-9a-f]{8}\.sock$/;

export class KeptHelper {
  readonly run: string;
  /** Where its first byte stands in all that this run gives. */
  readonly from: number;
  /** It was there before this agent. */
  readonly isResumed: boolean;
  readonly #socket: Socket;
  readonly #child: Child | undefined;
  #isStopped = false;

  private constructor(socket: Socket, place: SourcePlace, child: Child | undefined) {
    this.#socket = socket;
    this.run = place.run;
    this.from = place.position;
    this.isResumed = child === undefined;
    this.#child = child;
    socket.on('error', () => {});
    this.#say(`from ${place.position}`);
  }

  /** The helper that an earlier agent left, or a new one. `place` is what the spool has. Rejects with AgentError. */
  static async find(
    options: HelperOptions,
    folder: string,
    place: SourcePlace | undefined,
  ): Promise<KeptHelper> {
    const words = helperArguments(options, 'parent');
    const kind = createHash('sha256')
      .update(JSON.stringify([options.helper, words]))
      .digest('hex')
      .slice(0, 16);
    const runs = (await readdir(folder)).filter((name) => socketName.test(name));
    // The one that the spool knows first: of another, nothing was ever kept.
    for (const run of runs.sort((a, b) => Number(b === place?.run) - Number(a === place?.run))) {
      const socket = await connectTo(join(folder, run));
      if (socket === undefined) {
        await rm(join(folder, run), { force: true });
        continue;
      }
      const kept = new KeptHelper(
        socket,
        { run, position: place?.run === run ? place.position : 0 },
        undefined,
      );
      kept.#say(`ignore ${process.pid}`);
      // One that was asked for something else gives what it has, and ends; audit's can't learn whom to ignore.
      if (!run.startsWith(`capture-${kind}-`) || options.source === 'audit') kept.stop();
      return kept;
    }
    const run = `capture-${kind}-${randomBytes(4).toString('hex')}.sock`;
    return await KeptHelper.#start(options, words, folder, run);
  }

  static async #start(
    options: HelperOptions,
    words: readonly string[],
    folder: string,
    run: string,
  ): Promise<KeptHelper> {
    const path = join(folder, run);
    if (Buffer.byteLength(path) > path_bytes_max)
      throw new AgentError('spool', `${path} is too long for the name of a socket`, {
        hint: 'give a spool folder with a shorter name with DISPROTRACK_AGENT_SPOOL',
      });
    const child = new Child(options, [
      'keep',
      path,
      '--',
      options.helper,
      ...words,
      '--ignore-tgid',
      String(process.pid),
    ]);
    const until = performance.now() + start_ms_max;
    for (;;) {
      const socket = await connectTo(path);
      if (socket !== undefined) return new KeptHelper(socket, { run, position: 0 }, child);
      if (child.isGone || performance.now() > until) break;
      await sleep(try_ms);
    }
    throw child.trouble();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get records(): AsyncIterable<Uint8Array> {
    // What is kept is said after the end, too.
    return this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  }

  /** What stands before this position need not be given again. */
  kept(position: number): void {
    this.#say(`have ${position}`);
  }

  /** Asks for the end; `records` gives what is left, and then ends. */
  stop(): void {
    this.#isStopped = true;
    this.#say('end');
  }

  /** Called when `records` have ended and all of them are kept. Rejects with AgentError where it was not asked to end. */
  async ended(): Promise<void> {
    this.kept(this.from + this.#socket.bytesRead);
    this.#socket.end();
    await this.#child?.gone;
    if (this.#isStopped || this.#child?.code === 0) return;
    throw this.#child?.trouble() ?? new AgentError('source', 'the source ended');
  }

  #say(line: string): void {
    this.#socket.write(`${line}\n`);
  }
}

/** The keeper as a process, as long as its agent lives. */
class Child {
  readonly gone: Promise<void>;
  code: number | null = null;
  isGone = false;
  readonly #source: string;
  #complaint = '';

  constructor(options: HelperOptions, words: readonly string[]) {
    this.#source = options.source;
    // In a group of its own, so that neither a Ctrl-C on the terminal nor the agent's end is its own.
    const child: ChildProcess = spawn(options.helper, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-complaint_length_max);
    });
    this.gone = new Promise((resolve) => {
      child.once('error', (cause) => {
        this.#complaint += cause.message;
        this.isGone = true;
        resolve();
      });
      child.once('close', (code) => {
        this.code = code;
        this.isGone = true;
        resolve();
      });
    });
  }

  trouble(): AgentError {
    const why = this.#complaint.trim().split('\n').at(-1) || `it ended with ${this.code}`;
    return new AgentError('source', `the ${this.#source} source can't be read: ${why}`, {
      hint: 'disprotrack doctor says which sources this machine has',
    });
  }
}

/** Undefined where nobody listens: the socket was left, or is not there yet. */
async function connectTo(path: string): Promise<Socket | undefined> {
  const until = performance.now() + start_ms_max;
  for (;;) {
    const socket = connect({ path, allowHalfOpen: true });
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined)).once('error', resolve);
    });
    if (error === undefined) return socket;
    if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || performance.now() > until)
      return undefined;
    await sleep(try_ms);
  }
}
