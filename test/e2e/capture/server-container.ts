/**
 * A container for a real server: namespaces of its own, a cgroup of its own, Debian's packages bound read-only, by the
 * scripts that the recordings are made with. It must not know which server runs in it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../../corpus/lamp/lib', import.meta.url));
const start_ms_max = 60_000;
/** Of the recordings' rule is another one. */
const loginUid = '1933078';

export interface Placement {
  /** File of a network namespace; one of its own by default. */
  readonly network?: string;
  /** Folders of the host, and where they are in the container. */
  readonly volumes?: readonly (readonly [folder: string, inside: string])[];
}

export class ServerContainer {
  readonly root: string;
  readonly cgroup: string;
  /** Inode of the cgroup. */
  readonly cgroupId: number;
  readonly #pidFile: string;
  #child: ChildProcess | undefined;
  /** What it printed. */
  printed = '';

  constructor(work: string, cgroupParent: string, name: string) {
    const script = `set -euo pipefail; source ${scripts}/container.sh; WORK=${work}; CGROUP_PARENT=${cgroupParent}; container_root ${name}; container_cgroup ${name}`;
    mkdirSync(join(work, name), { recursive: true });
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`no container: ${stderr}`);
    this.cgroup = stdout.trim();
    this.cgroupId = statSync(this.cgroup).ino;
    this.root = join(work, name, 'root');
    this.#pidFile = join(work, name, 'pid');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text, { mode: 0o755 });
  }

  read(path: string): string {
    const whole = join(this.root, path);
    return existsSync(whole) ? readFileSync(whole, 'utf8') : '';
  }

  start(command: readonly string[], { network, volumes = [] }: Placement = {}): void {
    const init = [
      join(scripts, 'container-init.sh'),
      this.root,
      this.cgroup,
      this.#pidFile,
      loginUid,
      ...command,
    ];
    const inside = 'ip link set lo up; exec unshare --pid --mount --uts --ipc --fork --kill-child "$@"';
    const enter = network === undefined ? ['unshare', '--net'] : ['nsenter', `--net=${network}`];
    const words = [...enter, 'bash', '-c', inside, 'inside', ...init];
    this.#child = spawn(words[0]!, words.slice(1), {
      env: { ...process.env, CONTAINER_VOLUMES: volumes.map((each) => each.join(':')).join(' ') },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Some servers end by a signal to their process group, which must not be ours.
      detached: true,
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
  }

  /** Host pid of its first process. */
  get pid(): number {
    return existsSync(this.#pidFile) ? Number(readFileSync(this.#pidFile, 'utf8')) : 0;
  }

  /** Resolves when something listens on `port`. */
  async listening(port: number): Promise<void> {
    const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
    const deadline = Date.now() + start_ms_max;
    const listens = () => {
      const file = `/proc/${this.pid}/net/tcp`;
      if (this.pid === 0 || !existsSync(file)) return false;
      return readFileSync(file, 'utf8')
        .split('\n')
        .some((line) => line.includes(wanted) && / 0A /.test(line));
    };
    while (!listens()) {
      if (Date.now() > deadline || this.#child!.exitCode !== null)
        throw new Error(`nothing listens on ${port}: ${this.printed.slice(-600)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves when it has printed `text`. */
  async printing(text: string): Promise<void> {
    const deadline = Date.now() + start_ms_max;
    while (!this.printed.includes(text)) {
      if (Date.now() > deadline || this.#child!.exitCode !== null)
        throw new Error(`it does not print ${text}: ${this.printed.slice(-600)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends its first process as an engine does, and waits until the last one is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      if (this.pid > 0) process.kill(this.pid, signal);
      const killer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await closed;
      clearTimeout(killer);
    }
    for (let tries = 0; existsSync(this.cgroup); tries++) {
      try {
        removeCgroup(this.cgroup);
      } catch (error) {
        if (tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** With those that an engine in it has made. */
function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  rmdirSync(path);
}
