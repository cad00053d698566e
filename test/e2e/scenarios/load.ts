/**
 * What people do with the services meanwhile, as they are meant to be used: visits from outside, and chores of
 * operators inside of the containers. It must not know the attack.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stage } from './stage.ts';

const program = fileURLToPath(new URL('./outside/visitors.py', import.meta.url));
const failures_share_max = 0.01;
export const visits_max = 60_000;

export interface Load {
  readonly visits: readonly Visit[];
  /** One after another, again and again. */
  readonly chores?: readonly Chore[];
  /** Between two chores; 300 by default. */
  readonly chorePause_ms?: number;
  /** Some of it fails, for that is what the scenario is about. */
  readonly mayFail?: boolean;
}

export interface Visit {
  readonly weight: number;
  readonly requests: readonly VisitRequest[];
}

export interface VisitRequest {
  readonly to: readonly [address: string, port: number];
  readonly method: 'GET' | 'POST';
  /** One of them at random; `{n}` is the number of the visit, `{client}` of the client. */
  readonly path: string | readonly string[];
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: readonly number[];
}

/** An operator's command in a container. */
export interface Chore {
  readonly host: string;
  readonly command: readonly string[];
}

export interface LoadReport {
  readonly visits: number;
  readonly requests: number;
  readonly chores: number;
}

export const visitorAddresses = [
  ...['198.51.100.100', '198.51.100.101', '198.51.100.102', '198.51.100.103'],
  ...['198.51.100.104', '198.51.100.105', '198.51.100.106', '198.51.100.107'],
] as const;

export class RunningLoad {
  readonly #stage: Stage;
  readonly #load: Load;
  readonly #stop: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #chores: Promise<number>;
  #half!: () => void;
  /** Resolves when half of the visits were made. */
  readonly half = new Promise<void>((resolve) => {
    this.#half = resolve;
  });
  #said = '';
  #over = false;

  constructor(stage: Stage, load: Load, visits: number) {
    this.#stage = stage;
    this.#load = load;
    this.#stop = join(stage.folder, 'stop');
    rmSync(this.#stop, { force: true });
    const plan = join(stage.folder, 'load.json');
    const first = stage.loads++ * visits_max;
    const { visits: kinds } = load;
    writeFileSync(plan, JSON.stringify({ addresses: visitorAddresses, visits: kinds, pause: 0.01, first }));
    const words = ['python3', program, plan, this.#stop, String(visits)];
    this.#child = spawn('nsenter', [`--net=${stage.outsideNamespace}`, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#closed = once(this.#child, 'close').then(() => this.#half());
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (line === 'half') this.#half();
      else this.#said = line;
    });
    this.#chores = this.#doChores();
    // Told by `finish`.
    this.#chores.catch(() => {});
  }

  /** Once all visits were made. */
  async finish(): Promise<LoadReport> {
    writeFileSync(this.#stop, '');
    await this.#closed;
    this.#over = true;
    const chores = await this.#chores;
    if (this.#said === '') throw new Error('no load: the visitors said nothing');
    const { visits, requests, failed, failures } = JSON.parse(this.#said);
    if (this.#load.mayFail !== true && failed > requests * failures_share_max) {
      throw new Error(`${failed} of ${requests} requests of the load failed: ${failures.join('; ')}`);
    }
    return { visits, requests, chores };
  }

  /** Of one that nobody waits for any more. */
  kill(): void {
    this.#over = true;
    this.#child.kill('SIGKILL');
  }

  async #doChores(): Promise<number> {
    const { chores = [], chorePause_ms = 300, mayFail = false } = this.#load;
    let done = 0;
    while (chores.length > 0 && !this.#over) {
      const { host, command } = chores[done % chores.length]!;
      await this.#stage.exec(host, command).catch((error: unknown) => {
        // The containers may be gone by now.
        if (!mayFail && !this.#over) throw error;
      });
      done++;
      await new Promise((resolve) => setTimeout(resolve, chorePause_ms));
    }
    return done;
  }
}
