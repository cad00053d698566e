/** A real Neo4j for a test: the community server in a folder and on a port of its own, that can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import neo4j from 'neo4j-driver';
import { freePort } from '../../fixture/free-port.ts';
import { installTools } from '../analyser/tool/install.ts';
import { neo4jJars, neo4jVersion } from './neo4j-jars.ts';

const heap_mb_max = 768;
const start_ms_max = 300_000;
/** What the server's own start script opens to it. */
const opened = ['java.lang', 'java.io', 'java.nio', 'java.util.concurrent', 'sun.nio.ch'];

export class Neo4jServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'disprotrack-neo4j-'));
  readonly password = 'of-this-test-alone';
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;
  #port = 0;

  readonly #scheme: string;

  /** `settings`: lines of neo4j.conf, beside or in place of those that make it small and keep it to this machine. */
  constructor(settings: (folder: string) => readonly string[] = () => [], scheme = 'bolt') {
    this.#settings = settings(this.folder);
    this.#scheme = scheme;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `neo4j://127.0.0.1:${this.#port}`;
  }

  /** For whoever is to come in. */
  get env(): Record<string, string> {
    return { DISPROTRACK_NEO4J_PASSWORD: this.password };
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    await installTools('java');
    const jars = await neo4jJars();
    const isNew = this.#port === 0;
    if (isNew) {
      this.#port = await freePort();
      this.#configure();
      console.log(`Neo4j ${neo4jVersion}: the community server from Maven Central's jars`);
    }
    const java = ['-Xms128m', `-Xmx${heap_mb_max}m`, '-XX:+UseSerialGC', '-Dfile.encoding=UTF-8'];
    const opens = opened.flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]);
    const home = [`--home-dir=${this.folder}`, `--config-dir=${join(this.folder, 'conf')}`];
    const main = ['-cp', `${jars}/*`, 'org.neo4j.server.CommunityEntryPoint', ...home];
    this.#child = spawn('java', [...java, ...opens, ...main], { stdio: ['ignore', 'ignore', 'inherit'] });
    await this.#answers(isNew);
  }

  /** At once, as a loss of power to the process. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Stops it where it stands, as a server that has no time: connections stay, nothing is answered. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async destroy(): Promise<void> {
    this.signal('SIGCONT');
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #configure(): void {
    mkdirSync(join(this.folder, 'conf'));
    const lines = [
      'server.default_listen_address=127.0.0.1',
      `server.bolt.listen_address=127.0.0.1:${this.#port}`,
      'server.http.enabled=false',
      'server.memory.pagecache.size=256m',
      'dbms.usage_report.enabled=false',
      ...this.#settings,
    ];
    // The server takes each name once.
    const byName = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line]));
    writeFileSync(join(this.folder, 'conf', 'neo4j.conf'), `${[...byName.values()].join('\n')}\n`);
  }

  async #answers(isNew: boolean): Promise<void> {
    const until = performance.now() + start_ms_max;
    const given = neo4j.auth.basic('neo4j', isNew ? 'neo4j' : this.password);
    for (;;) {
      const driver = neo4j.driver(`${this.#scheme}://127.0.0.1:${this.#port}`, given);
      try {
        const setting = `ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO '${this.password}'`;
        await driver.executeQuery(isNew ? setting : 'RETURN 1', {}, { database: isNew ? 'system' : 'neo4j' });
        return;
      } catch (error) {
        const { exitCode } = this.#child!;
        if (exitCode !== null || performance.now() > until)
          throw new Error(`Neo4j does not start: ${this.#log()}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 200));
      } finally {
        await driver.close();
      }
    }
  }

  #log(): string {
    try {
      return readFileSync(join(this.folder, 'logs', 'neo4j.log'), 'utf8').slice(-4_000);
    } catch {
      return 'it wrote no log';
    }
  }
}
