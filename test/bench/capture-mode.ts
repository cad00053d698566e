/** Ways to be captured, from not at all to auditd. They must not know what runs meanwhile. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { helper, recordedSyscalls } from '../e2e/capture/capture-build.ts';

export interface CaptureMode {
  readonly name: string;
  /** What is to be captured runs under it. */
  readonly loginUid: string;
  /** Resolves when it captures; what it gives ends that, and says what became of the records where that is known. */
  start(): Promise<() => Promise<CaptureCount | undefined>>;
}

export interface CaptureCount {
  readonly attempts: number;
  readonly lost: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const lampScripts = here('../corpus/lamp/lib');
/** The recordings' rule is for it. */
const auditedUid = '1933077';
const plainUid = '1933079';
/** Some lines of it. */
const status_length_max = 4_096;

export function captureModes(folder: string): CaptureMode[] {
  const nothing = join(folder, 'nothing');
  const program = buildEmptyProgram(folder);
  return [
    { name: 'no capture', loginUid: plainUid, start: () => withoutAudit(async () => async () => undefined) },
    { name: 'empty program', loginUid: plainUid, start: () => withoutAudit(() => startProgram(program)) },
    ebpf('eBPF, nothing matches', '--only-logs', '--prefix', nothing, '--no-syscalls', allButWrites()),
    ebpf('eBPF, every syscall', '--prefix', nothing),
    ebpf('eBPF, every syscall and log payloads', '--prefix', folder),
    { name: 'auditd', loginUid: auditedUid, start: () => startAuditd(folder) },
  ];
}

/** Capture of logs alone: calls that write can be log writes, and are looked at. */
function allButWrites(): string {
  const writes = /^(p?write(64|v2?)?|send(to|msg|mmsg))$/;
  return [...recordedSyscalls().keys()].filter((name) => !writes.test(name)).join(',');
}

function ebpf(name: string, ...args: string[]): CaptureMode {
  return { name, loginUid: plainUid, start: () => withoutAudit(() => startHelper(args)) };
}

/** What attaches it, and its object. */
function buildEmptyProgram(folder: string): [string, string] {
  const [attach, object] = [join(folder, 'attach-program'), join(folder, 'empty-program.o')];
  const headers = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const source = here('./empty-program.bpf.c');
  execFileSync('clang', ['-O2', '-g', '-target', 'bpf', `-I${headers}`, '-c', '-o', object, source]);
  execFileSync('gcc', ['-O2', '-o', attach, here('./attach-program.c'), '-lbpf']);
  return [attach, object];
}

async function startProgram([attach, object]: [string, string]): Promise<() => Promise<undefined>> {
  const child = spawn(attach, [object], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(child.stdout, 'data'), endsEarly(child, () => 'the empty program can not run')]);
  return async () => {
    await end(child);
    return undefined;
  };
}

/**
 * Where audit was on once since the start of the machine, every new task pays for it until a rule says that it never
 * will. Without this the others would look better than they are.
 */
async function withoutAudit(start: CaptureMode['start']): ReturnType<CaptureMode['start']> {
  const rule = ['task,never', '-F', `auid=${plainUid}`];
  execFileSync('auditctl', ['-a', ...rule], { stdio: 'ignore' });
  const remove = () => execFileSync('auditctl', ['-d', ...rule], { stdio: 'ignore' });
  try {
    const stop = await start();
    return async () => {
      remove();
      return await stop();
    };
  } catch (error) {
    remove();
    throw error;
  }
}

async function startHelper(args: readonly string[]): Promise<() => Promise<CaptureCount>> {
  const child = spawn(helper, ['ebpf', '--no-snapshot', '--status-fd', '3', ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  // A reader that costs as little as can be: the capture is measured, not this process.
  const sink = spawn('sh', ['-c', 'head -c 1; exec cat >/dev/null'], {
    stdio: [child.stdout, 'pipe', 'inherit'],
  });
  child.stdout!.destroy();
  let status = '';
  (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
    status = (status + text).slice(-status_length_max);
  });
  await once(sink.stdout!, 'data');
  return async () => {
    await end(child);
    return JSON.parse(status.trim().split('\n').at(-1)!) as CaptureCount;
  };
}

/** By the scripts of the recordings, so that it is set up as there. A kernel has one owner of audit: it may be taken. */
async function startAuditd(folder: string): Promise<() => Promise<undefined>> {
  const script = `set -euo pipefail
WORK=${folder}
command_line() { tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || true; }
source ${lampScripts}/audit.sh
trap audit_restore EXIT
tries=0
until audit_start >&2; do ((++tries < 20)) || exit 1; sleep 1; done
echo ready
read -r`;
  const child = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await Promise.race([
    once(child.stdout, 'data'),
    endsEarly(child, () => `auditd did not start: ${said.trim()}`),
  ]);
  return async () => {
    const closed = once(child, 'close');
    child.stdin.end('\n');
    await closed;
    return undefined;
  };
}

function endsEarly(child: ChildProcess, why: () => string): Promise<never> {
  const failed = once(child, 'exit').then(() => {
    throw new Error(why());
  });
  failed.catch(() => {});
  return failed;
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}
