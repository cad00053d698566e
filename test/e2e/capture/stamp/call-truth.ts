/**
 * Which calls a program's threads made, and when, by uprobes on the call instructions: the truth for who printed a line,
 * that knows no stack. It must not know what was captured, nor what a call prints.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../capture-build.ts';

export interface Call {
  /** CLOCK_MONOTONIC. */
  readonly time: bigint;
  /** Return address. */
  readonly site: number;
}

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export class CallTruth {
  readonly #child: ChildProcess;
  readonly #parts: Buffer[] = [];

  private constructor(program: string, object: string, binary: string, calls: string) {
    this.#child = spawn(program, [object, binary], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout!.on('data', (part: Buffer) => this.#parts.push(part));
    this.#child.stdin!.write(calls);
  }

  /** Of the calls of `binary` that return to `sites`; resolves when they are watched. Builds itself in `folder`. */
  static async start(folder: string, binary: string, sites: Iterable<number>): Promise<CallTruth> {
    const [object, program] = [join(folder, 'call-truth.bpf.o'), join(folder, 'call-truth')];
    const headers = `-I/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
    output('clang', '-O2', '-g', '-target', 'bpf', headers, '-c', '-o', object, source('./call-truth.bpf.c'));
    output('gcc', '-O1', '-Wall', '-o', program, source('./call-truth.c'), '-lbpf');
    const image = readFileSync(binary);
    const bias = biasOf(image);
    let calls = '';
    for (const site of sites) {
      const length = callLength(image, site - bias);
      if (length > 0) calls += `${(site - bias - length).toString(16)} ${site.toString(16)}\n`;
    }
    const truth = new CallTruth(program, object, binary, `${calls}\n`);
    const ended = once(truth.#child, 'exit').then(() => {
      throw new Error('calls can not be watched: that takes a kernel from 6.6 on');
    });
    await Promise.race([once(truth.#child.stdout!, 'data'), ended]);
    ended.catch(() => {});
    return truth;
  }

  /** By thread, in order of time. Throws where some were lost. */
  async stop(): Promise<Map<number, Call[]>> {
    const closed = once(this.#child, 'close') as Promise<[number]>;
    this.#child.stdin!.end();
    const [code] = await closed;
    if (code !== 0) throw new Error(`calls were lost (${code})`);
    const threads = new Map<number, Call[]>();
    for (const line of Buffer.concat(this.#parts).toString().split('\n').slice(1, -1)) {
      const [thread, time, site] = line.split(' ');
      const calls = threads.get(Number(thread)) ?? [];
      threads.set(Number(thread), calls);
      calls.push({ time: BigInt(time!), site: Number.parseInt(site!, 16) });
    }
    return threads;
  }

  kill(): void {
    this.#child.kill();
  }
}

/** Of the call instruction before `end`; 0 where it is none that is sure. */
function callLength(image: Buffer, end: number): number {
  if (image[end - 5] === 0xe8) return 5;
  return image[end - 6] === 0xff && image[end - 5] === 0x15 ? 6 : 0;
}

/** What an address of the code is more than its place in the file. */
function biasOf(image: Buffer): number {
  const [from, count] = [Number(image.readBigUInt64LE(32)), image.readUInt16LE(56)];
  for (let at = from; at < from + 56 * count; at += 56) {
    const isCode = image.readUInt32LE(at) === 1 && (image.readUInt32LE(at + 4) & 1) !== 0;
    if (isCode) return Number(image.readBigUInt64LE(at + 16) - image.readBigUInt64LE(at + 8));
  }
  throw new Error('no code');
}
