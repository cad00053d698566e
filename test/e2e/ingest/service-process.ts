/** One of the services as a process that can be killed at any moment and started again on the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const start_ms_max = 120_000;

export class ServiceProcess {
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  said = '';

  /** `args`: a script of the repository and its arguments. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.#env = env;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves with the URLs that it says it listens on, once there are `count` of them. */
  async start(count = 1): Promise<string[]> {
    const [script, ...rest] = this.#args;
    const path = fileURLToPath(new URL(script!, root));
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', root)),
      ...this.#env,
    };
    const child = spawn(process.execPath, [path, ...rest], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.said = '';
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`did not listen: ${this.said}`)), start_ms_max);
      const look = (chunk: Buffer): void => {
        // Of a long life the beginning is enough.
        if (this.said.length < 1 << 20) this.said += chunk;
        const urls = [...new Set(this.said.match(/https?:\/\/127\.0\.0\.1:\d+/g) ?? [])];
        if (urls.length < count) return;
        clearTimeout(timer);
        resolve(urls);
      };
      child.stdout!.on('data', look);
      child.stderr!.on('data', look);
      child.once('exit', () => {
        clearTimeout(timer);
        reject(new Error(`ended before it listened: ${this.said}`));
      });
    });
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL').then(() => {});
  }

  /** The exit code of an orderly end. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return await ended;
  }
}
