/**
 * A node and its server as they are meant to be: an agent sends what happens below a cgroup, and `serve` folds it into
 * a store. It must not know what happens there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../fixture/agent-process.ts';
import { freePort } from '../../fixture/free-port.ts';
import { ServiceProcess } from '../ingest/service-process.ts';

const command = fileURLToPath(new URL('../../../scripts/disprotrack', import.meta.url));
/** Counters come every second. */
const counters_ms = 1_500;
const wait_ms_max = 120_000;

export class AgentPipeline {
  /** The server's, which is closed once `stop` resolved. */
  readonly store: string;
  readonly #server: ServiceProcess;
  readonly #port: number;
  readonly #agent: ChildProcess;
  #said = '';
  /** Records that `stop` waited for. */
  sent = 0;

  private constructor(store: string, server: ServiceProcess, port: number, agent: ChildProcess) {
    this.store = store;
    this.#server = server;
    this.#port = port;
    this.#agent = agent;
    agent.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  /** Resolves when the agent follows what happens. All that it makes lies below `folder`. */
  static async start(folder: string, cgroup: string): Promise<AgentPipeline> {
    mkdirSync(folder, { recursive: true });
    const store = join(folder, 'store');
    const [port, ingestPort] = [await freePort(), await freePort()];
    const server = new ServiceProcess([
      ...['services/cli/main.ts', 'serve', '--store', store, '--insecure'],
      ...['--port', String(port), '--ingest-port', String(ingestPort)],
    ]);
    await server.start(2);
    const settings = [
      `DISPROTRACK_AGENT_ONLY_CGROUPS=${cgroup}`,
      `DISPROTRACK_AGENT_INGEST=http://127.0.0.1:${ingestPort}`,
      `DISPROTRACK_AGENT_SPOOL=${join(folder, 'spool')}`,
      'DISPROTRACK_AGENT_HOST=node',
      'DISPROTRACK_AGENT_STATUS_PORT=0',
    ];
    const config = join(folder, 'agent.env');
    writeFileSync(config, settings.map((line) => `${line}\n`).join(''));
    const agent = spawn(command, ['agent', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    const pipeline = new AgentPipeline(store, server, ingestPort, agent);
    try {
      await pipeline.#follows();
    } catch (error) {
      await pipeline.kill();
      throw error;
    }
    return pipeline;
  }

  /** Of the source, so far. */
  records(): Promise<number> {
    return this.#metric('records_total');
  }

  /** Once all that happened is in the store. Throws where something was lost. */
  async stop(): Promise<void> {
    await sleep(counters_ms);
    const records = await this.records();
    const sent = async () => (await this.#metric('sent_records_total')) >= records;
    await eventually('all is sent', sent, wait_ms_max);
    for (const loss of ['lost_records_total', 'dropped_records_total', 'refused_records_total']) {
      const lost = await this.#metric(loss);
      if (lost !== 0) throw new Error(`a store with losses says nothing: ${loss} is ${lost}`);
    }
    this.sent = records;
    await this.#end();
    const folded = async () => {
      const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
      return /^disprotrack_queue_batches(\{.*\})? 0$/m.test(text);
    };
    await eventually('all is folded', folded, wait_ms_max);
    await this.#server.stop();
  }

  /** Of one that was not stopped, since something failed. */
  async kill(): Promise<void> {
    await this.#end();
    await this.#server.kill();
  }

  async #follows(): Promise<void> {
    let before = 0;
    const follows = async () => {
      const records = await this.records();
      const is = before > 0 && records > before;
      before = records;
      if (!is) await sleep(counters_ms);
      return is;
    };
    await eventually(`the source follows what happens: ${this.#said}`, follows, wait_ms_max);
  }

  async #end(): Promise<void> {
    if (this.#agent.exitCode !== null || this.#agent.signalCode !== null) return;
    const ended = once(this.#agent, 'exit');
    this.#agent.kill('SIGTERM');
    await ended;
  }

  /** 0 as long as the agent has not said where it is to be asked. */
  async #metric(name: string): Promise<number> {
    const status = /http:\/\/127\.0\.0\.1:\d+/.exec(this.#said)?.[0];
    if (status === undefined) return 0;
    const text = await (await fetch(`${status}/metrics`)).text();
    return Number(new RegExp(`^disprotrack_agent_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }
}
