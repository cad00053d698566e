/** A real Redis for a test: Debian's package, installed where it is missing, in a folder and on a socket of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from '../../../services/runtime/queue/bullmq/redis.ts';
import { installTools } from '../analyser/tool/install.ts';

export class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'disprotrack-redis-'));
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #port = 0;

  /** `options` as on Redis' command line, after those that make it durable. */
  constructor(options: readonly string[] = []) {
    this.#options = options;
    mkdirSync(this.folder, { recursive: true });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    await installTools('redis-server');
    if (this.#port === 0) this.#port = await freePort();
    const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''];
    const args = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.folder, ...durable];
    this.#child = spawn('redis-server', [...args, ...this.#options], { stdio: 'ignore' });
    const redis = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: 500 });
    redis.on('error', () => {});
    await redis.ping();
    redis.disconnect();
  }

  /** At once, as a loss of power to the process. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async destroy(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
