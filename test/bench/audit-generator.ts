/**
 * An audit log as a busy host writes it, made up but varied: thousands of processes that come and go, each with its own
 * title, directory and program, and names, addresses and inodes that are new in each event, so that a reader cannot
 * live on what it has seen. Records of neighbouring events come mixed. The same seed gives the same bytes.
 */
import { Random } from './random.ts';

export interface GeneratorOptions {
  readonly seed: number;
  /** Stops after the first chunk with which this size is reached. */
  readonly bytes: number;
  /** Whether auditd's interpretation is there (`log_format = ENRICHED`). */
  readonly enriched?: boolean;
}

export interface GeneratedChunk {
  readonly bytes: Buffer;
  readonly events: number;
  readonly records: number;
}

/** Chunks of whole lines, of about 1 MiB each. */
export function* generateAudit(options: GeneratorOptions): Generator<GeneratedChunk> {
  const host = new GeneratedHost(options.seed, options.enriched ?? false);
  let written = 0;
  while (written < options.bytes) {
    const lines: string[] = [];
    let size = 0;
    let events = 0;
    let held: string[] = [];
    while (size < 2 ** 20) {
      let records = host.event();
      events++;
      // One event in sixteen is overtaken by its successor, as CPUs do it.
      if (held.length > 0) {
        records = mixed(held, records);
        held = [];
      } else if (host.random.oneIn(16)) {
        held = records;
        continue;
      }
      for (const record of records) size += record.length + 1;
      lines.push(...records);
    }
    lines.push(...held, '');
    const bytes = Buffer.from(lines.join('\n'));
    written += bytes.length;
    yield { bytes, events, records: lines.length - 1 };
  }
}

/** The second event's first record comes before the first event's last ones. */
function mixed(first: readonly string[], second: readonly string[]): string[] {
  return [first[0]!, second[0]!, ...first.slice(1), ...second.slice(1)];
}

interface GeneratedProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  readonly exe: string;
  readonly cwd: string;
  readonly title: string;
  readonly session: number;
}

const processes = 4000;
const busyProcesses = 300;

class GeneratedHost {
  readonly random: Random;
  readonly #enriched: boolean;
  readonly #processes: GeneratedProcess[];
  #slot = 0;
  #process: GeneratedProcess;
  #serial = 1_000_000;
  #time = 1_700_000_000_000;

  constructor(seed: number, enriched: boolean) {
    this.random = new Random(seed);
    this.#enriched = enriched;
    this.#processes = Array.from({ length: processes }, () => this.#newProcess());
    this.#process = this.#processes[0]!;
  }

  /** The records of one event, in the kernel's order. */
  event(): string[] {
    const { random } = this;
    this.#serial++;
    if (random.oneIn(3)) this.#time += 4 * random.below(3);
    const kind = random.below(100);
    // Calls come in bursts: three in four are by the process before. (In recordings of servers it is five in six.)
    if (random.oneIn(4)) this.#slot = random.below(random.oneIn(4) ? processes : busyProcesses);
    // A process that starts a program takes the place of another one.
    if (kind >= 82 && kind < 84) this.#processes[this.#slot] = this.#newProcess();
    this.#process = this.#processes[this.#slot]!;
    if (kind < 30) return this.#call(257, 'openat', [...this.#working(), this.#path(0, 'NORMAL')]);
    if (kind < 48) return this.#call(3, 'close', []);
    if (kind < 56) return this.#call(0, 'read', []);
    if (kind < 66) return this.#call(1, 'write', []);
    if (kind < 82) return this.#call(random.pick([42, 42, 288, 49]), 'connect', [this.#address()]);
    if (kind < 84) return this.#execve();
    if (kind < 86) return this.#call(56, 'clone', []);
    if (kind < 90) return this.#call(82, 'rename', [...this.#working(), ...this.#renamed()]);
    if (kind < 93)
      return this.#call(87, 'unlink', [...this.#working(), this.#path(0, 'PARENT'), this.#path(1, 'DELETE')]);
    if (kind < 98) return this.#call(262, 'newfstatat', [...this.#working(), this.#path(0, 'NORMAL')]);
    return [this.#userMessage()];
  }

  #newProcess(): GeneratedProcess {
    const { random } = this;
    const command = random.pick(commands);
    const number = random.below(1e6);
    const title = `/usr/sbin/${command}\0--config\0/etc/${random.pick(directories)}/${number}.conf\0-k\0start`;
    return {
      pid: 1000 + random.below(4_000_000),
      ppid: 1000 + random.below(4_000_000),
      comm: random.oneIn(20) ? hex(`worker #${number % 997}`) : `"${command}${number % 397}"`,
      exe: `"/usr/${random.pick(directories)}/${command}${number % 1999}"`,
      cwd: `"/srv/${random.pick(directories)}/${number}"`,
      session: random.oneIn(2) ? 4_294_967_295 : random.below(500),
      title: hex(title.slice(0, 127)),
    };
  }

  #head(type: string): string {
    const seconds = Math.floor(this.#time / 1000);
    return `type=${type} msg=audit(${seconds}.${String(this.#time % 1000).padStart(3, '0')}:${this.#serial}):`;
  }

  #call(number: number, name: string, rest: readonly string[]): string[] {
    const { random } = this;
    const failed = random.oneIn(12);
    const { pid, ppid, comm, exe, title } = this.#process;
    const result = failed
      ? `success=no exit=${-1 - random.below(115)}`
      : `success=yes exit=${random.below(4096)}`;
    const first = name === 'openat' || name === 'newfstatat' ? 'ffffff9c' : random.below(64).toString(16);
    const args = `a0=${first} a1=${this.#pointer()} a2=${random.below(65_536).toString(16)} a3=${this.#pointer()}`;
    const who = `auid=1000 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=${this.#process.session}`;
    const interpreted = this.#enriched
      ? `\x1dARCH=x86_64 SYSCALL=${name} AUID="operator" UID="www-data" GID="www-data" EUID="www-data" SUID="www-data" FSUID="www-data" EGID="www-data" SGID="www-data" FSGID="www-data"`
      : '';
    return [
      `${this.#head('SYSCALL')} arch=c000003e syscall=${number} ${result} ${args} items=${rest.length} ppid=${ppid} pid=${pid} ${who} comm=${comm} exe=${exe} subj=unconfined key=${number % 4 === 0 ? '(null)' : '"serverless"'}${interpreted}`,
      ...rest,
      `${this.#head('PROCTITLE')} proctitle=${title}`,
    ];
  }

  #execve(): string[] {
    const { random } = this;
    const count = 2 + random.below(8);
    const values = Array.from({ length: count }, (_, i) =>
      random.oneIn(6)
        ? `a${i}=${hex(`--name=job ${random.below(1e6)}`)}`
        : `a${i}="--opt${random.below(1e6)}"`,
    );
    const execve = `${this.#head('EXECVE')} argc=${count} ${values.join(' ')}`;
    return this.#call(59, 'execve', [
      execve,
      ...this.#working(),
      this.#path(0, 'NORMAL'),
      this.#path(1, 'NORMAL'),
    ]);
  }

  #working(): string[] {
    return [`${this.#head('CWD')} cwd=${this.#process.cwd}`];
  }

  #renamed(): string[] {
    return [
      this.#path(0, 'PARENT'),
      this.#path(1, 'PARENT'),
      this.#path(2, 'DELETE'),
      this.#path(3, 'CREATE'),
    ];
  }

  #path(item: number, nametype: string): string {
    const { random } = this;
    const file = `${random.pick(directories)}/${random.pick(directories)}/${random.below(500_000).toString(36)}.${random.pick(commands)}`;
    const name = random.oneIn(25)
      ? hex(`/var/lib/${file} größe`)
      : random.oneIn(5)
        ? `"${file}"`
        : `"/var/lib/${file}"`;
    const interpreted = this.#enriched ? '\x1dOUID="www-data" OGID="www-data"' : '';
    return `${this.#head('PATH')} item=${item} name=${name} inode=${1000 + random.below(4_000_000)} dev=08:0${random.below(4)} mode=0100644 ouid=33 ogid=33 rdev=00:00 nametype=${nametype} cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0${interpreted}`;
  }

  #address(): string {
    const { random } = this;
    const port = random.below(65_536).toString(16).padStart(4, '0');
    const v4 = Array.from({ length: 4 }, () => random.below(256).toString(16).padStart(2, '0')).join('');
    const saddr = random.pick([
      `0200${port}${v4}0000000000000000`,
      `0A00${port}0000000000000000000000000000FFFF${v4}00000000`,
      `0A00${port}0000000020010DB8000000000000${v4}0000000100000000`.slice(0, 56),
      `0100${hex(`/run/${random.pick(commands)}/${random.below(1000)}.sock`)}00`,
    ]);
    return `${this.#head('SOCKADDR')} saddr=${saddr.toUpperCase()}`;
  }

  #userMessage(): string {
    const { random } = this;
    const type = random.pick(['USER_ACCT', 'CRED_REFR', 'USER_START', 'USER_END', 'USER_LOGIN']);
    return `${this.#head(type)} pid=${random.below(60_000)} uid=0 auid=1000 ses=${random.below(9)} subj=unconfined msg='op=PAM:session_open grantors=pam_unix acct="user${random.below(500)}" exe="/usr/sbin/sshd" hostname=10.0.0.${random.below(256)} addr=10.0.0.${random.below(256)} terminal=ssh res=success'`;
  }

  #pointer(): string {
    return `7ff${this.random.uint32().toString(16).padStart(8, '0')}0`;
  }
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase();
}

const commands = [
  'apache',
  'php-fpm',
  'node',
  'python3',
  'redis',
  'nginx',
  'mariadbd',
  'fwatchdog',
  'java',
  'curl',
  'sh',
];
const directories = [
  'bin',
  'sbin',
  'lib',
  'cache',
  'session',
  'upload',
  'function',
  'gateway',
  'queue',
  'data',
];
