/** Ingest, workers, Redis and Neo4j as processes, with a wire between any two of them that can be cut. */

import { ServiceProcess } from '../ingest/service-process.ts';
import { CutProxy } from '../redis/cut-proxy.ts';
import { RedisServer } from '../redis/redis-server.ts';
import { Neo4jServer } from './neo4j-server.ts';

const cli = 'services/cli/main.ts';
const port = ['--port', '0'];

/** One of the processes, and what others reach it by. */
interface Part {
  readonly name: string;
  /** Kills it and brings it back. */
  readonly restart: () => Promise<void>;
}

export class ScaledOut {
  readonly redis = new RedisServer();
  readonly neo4j = new Neo4jServer();
  readonly wires = new Map<string, CutProxy>();
  readonly #processes = new Map<string, ServiceProcess>();
  readonly #env: Readonly<Record<string, string>>;
  readonly #isWired: boolean;
  /** Where ingest listens, behind its wire. */
  url = '';

  /** Without wires, parts talk to each other at their own speed. */
  constructor(isWired = true, env: Readonly<Record<string, string>> = {}) {
    this.#isWired = isWired;
    this.#env = { DISPROTRACK_TAKEOVER_MS: '1000', DISPROTRACK_REQUESTS_PER_SECOND: '100000', ...env };
  }

  async start(workers: readonly string[]): Promise<void> {
    await Promise.all([this.redis.start(), this.neo4j.start()]);
    await this.#startIngest();
    for (const name of workers) await this.startWorker(name);
  }

  async startWorker(name: string): Promise<void> {
    const to = {
      redis: await this.#wire(`${name} to Redis`, this.redis.port),
      neo4j: await this.#wire(`${name} to Neo4j`, this.neo4j.port),
    };
    // With routing the server would say where it really is, past the wire.
    const store = `bolt://127.0.0.1:${to.neo4j}`;
    this.#add(name, ['worker', '--redis', `redis://127.0.0.1:${to.redis}`, '--store', store]);
    await this.restart(name);
  }

  async #startIngest(): Promise<void> {
    const redis = await this.#wire('ingest to Redis', this.redis.port);
    this.#add('ingest', ['ingest', '--redis', `redis://127.0.0.1:${redis}`, '--insecure']);
    await this.restart('ingest');
  }

  /** All that can be killed. */
  get parts(): readonly Part[] {
    const own = [...this.#processes.keys()].map((name) => ({ name, restart: () => this.restart(name) }));
    const servers = { Redis: this.redis, Neo4j: this.neo4j };
    const others = Object.entries(servers).map(([name, server]) => {
      const restart = async (): Promise<void> => {
        await server.kill();
        await server.start();
      };
      return { name, restart };
    });
    return [...own, ...others];
  }

  async restart(name: string): Promise<void> {
    const process = this.#processes.get(name)!;
    await process.kill();
    const [url] = await process.start();
    if (name !== 'ingest') return;
    const ingest = Number(new URL(url!).port);
    await this.wires.get('agents to ingest')?.cut();
    this.url = `http://127.0.0.1:${await this.#wire('agents to ingest', ingest)}`;
  }

  /** What a service counts, by its name there. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^disprotrack_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async drained(ms_max: number): Promise<void> {
    const until = performance.now() + ms_max;
    while ((await this.metric('queue_batches').catch(() => -1)) !== 0) {
      if (performance.now() > until) throw new Error(`the queue does not empty: ${this.#said()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Exit codes of an orderly end, by name. */
  async stop(): Promise<Record<string, number | null>> {
    const codes: Record<string, number | null> = {};
    for (const [name, process] of this.#processes) codes[name] = await process.stop();
    return codes;
  }

  async destroy(): Promise<void> {
    for (const process of this.#processes.values()) await process.kill();
    for (const wire of this.wires.values()) await wire.cut();
    await this.redis.destroy();
    await this.neo4j.destroy();
  }

  /** By name; Redis left out, which does next to nothing. */
  pids(): [string, number][] {
    const own = [...this.#processes].map(([name, process]): [string, number] => [name, process.pid!]);
    return [...own, ['Neo4j', this.neo4j.pid!]];
  }

  #add(name: string, args: readonly string[]): void {
    this.#processes.set(
      name,
      new ServiceProcess([cli, ...args, ...port], { ...this.neo4j.env, ...this.#env }),
    );
  }

  async #wire(name: string, target: number): Promise<number> {
    if (!this.#isWired) return target;
    const proxy = new CutProxy(target);
    await proxy.mend();
    this.wires.set(name, proxy);
    return proxy.port;
  }

  #said(): string {
    return [...this.#processes].map(([name, { said }]) => `${name}: ${said.slice(-1_500)}`).join('\n');
  }
}
