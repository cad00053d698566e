/**
 * Where a scenario plays: its containers on a network of their own, the world outside, and the capture of the
 * containers and nothing else. It must not know scenarios, truth or scores.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';
import { AgentPipeline } from '../capture/agent-pipeline.ts';
import { type Recorder, startRecorder } from '../capture/recorder.ts';
import { ServerContainer } from '../capture/server-container.ts';
import { makeCgroup, type TestCgroup } from '../capture/test-cgroup.ts';
import { visitorAddresses } from './load.ts';
import { TestNetwork } from './network.ts';
import { Outside } from './outside.ts';
import type { Host } from './scenario.ts';

const enter = fileURLToPath(new URL('../../corpus/lamp/lib/container-exec.sh', import.meta.url));

/**
 * Two clients that a scenario can play: they share their addresses with visitors, as people behind one router do, so
 * that an address alone tells nobody from anybody. A harmless server, and an attacker's.
 */
export const [client, otherClient] = visitorAddresses;
export const harmless = '192.0.2.80';
export const attacker = '203.0.113.66';
export const stageName = 'stage';
const line_ms_max = 20_000;

export class Stage {
  readonly folder: string;
  readonly #hosts: readonly Host[];
  readonly #containers = new Map<string, ServerContainer>();
  readonly #cgroup: TestCgroup;
  readonly #network: TestNetwork;
  readonly outside: Outside;
  /** That were put on it so far. */
  loads = 0;
  #recorder: Recorder | undefined;
  #pipeline: AgentPipeline | undefined;

  constructor(folder: string, hosts: readonly Host[]) {
    this.folder = folder;
    this.#hosts = hosts;
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    this.#cgroup = makeCgroup(stageName);
    this.#network = TestNetwork.make(`${stageName}${process.pid}`);
    this.#network.attach('outside', [...visitorAddresses, harmless, attacker]);
    this.outside = new Outside(this.outsideNamespace);
  }

  get outsideNamespace(): string {
    return this.#network.namespace('outside');
  }

  container(name: string): ServerContainer {
    return this.#containers.get(name)!;
  }

  /** Makes the containers' file systems; nothing runs yet. */
  async prepare(): Promise<void> {
    for (const { name, address, prepare } of this.#hosts) {
      this.#network.attach(name, [address]);
      const container = new ServerContainer(this.folder, this.#cgroup.path, name);
      this.#containers.set(name, container);
      await prepare(container);
    }
  }

  /** Resolves once everybody listens. */
  async start(): Promise<void> {
    await this.outside.listen(harmless, 80);
    for (const host of this.#hosts) {
      const { name, volumes = {}, command, ports } = host;
      const container = this.container(name);
      const bound = Object.entries(volumes).map(([inside, volume]) => [this.volume(volume), inside] as const);
      container.start(command(), { network: this.#network.namespace(name), volumes: bound });
      for (const port of ports) await container.listening(port);
      await host.ready?.(container);
    }
  }

  /** Folder of the host that containers share under this name. */
  volume(name: string): string {
    const folder = join(this.folder, `volume-${name}`);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o1777);
    return folder;
  }

  /** An operator's command in a container; gives what it printed. Throws where it fails. */
  exec(host: string, command: readonly string[]): Promise<string> {
    const { cgroup, pid } = this.container(host);
    return run(`no shell in ${host}`, enter, [cgroup, String(pid), '1933078', ...command]);
  }

  /** A command at an address outside, such as a client with a protocol of its own. */
  execOutside(command: readonly string[]): Promise<string> {
    return run('no command outside', 'nsenter', [`--net=${this.outsideNamespace}`, ...command]);
  }

  /** The last line of a container's log that has all of `words`; waits for it, but not for ever. */
  async lineOf(host: string, path: string, ...words: readonly string[]): Promise<string> {
    const deadline = Date.now() + line_ms_max;
    for (;;) {
      const lines = this.container(host).read(path).split('\n').slice(0, -1);
      const line = lines.findLast((each) => words.every((word) => each.includes(word)));
      if (line !== undefined) return line;
      if (Date.now() > deadline) throw new Error(`${host} logged no ${words.join(' … ')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Of the containers, and nothing else. */
  async record(file: string): Promise<void> {
    this.#recorder = await startRecorder(file, this.#cgroup.path);
  }

  /** Throws where records were lost. */
  async stopRecording(): Promise<void> {
    await this.#recorder!.stop();
    this.#recorder = undefined;
  }

  /** From now on an agent sends what happens to a server, whose store lies below `folder`. */
  async observe(folder: string): Promise<AgentPipeline> {
    this.#pipeline = await AgentPipeline.start(folder, this.#cgroup.path);
    return this.#pipeline;
  }

  async end(): Promise<void> {
    this.#recorder?.kill();
    await this.#pipeline?.kill();
    await this.outside.end();
    for (const container of this.#containers.values()) await container.stop('SIGKILL');
    this.#network.remove();
    this.#cgroup.remove();
  }
}
