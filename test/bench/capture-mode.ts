/** Ways to be captured, from not at all to auditd. They must not know what runs meanwhile. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { helper, recordedSyscalls } from '../e2e/capture/capture-build.ts';

export interface CaptureMode {
  readonly name: string;
  /** What is to be captured runs under it. */
  readonly loginUid: string;
  /** Resolves when it captures; what it gives ends that. */
  start(): Promise<() => Promise<void>>;
}

const lampScripts = fileURLToPath(new URL('../corpus/lamp/lib', import.meta.url));
/** The recordings' rule is for it. */
const auditedUid = '1933077';
const plainUid = '1933079';

export function captureModes(folder: string): CaptureMode[] {
  const nothing = join(folder, 'nothing');
  return [
    { name: 'no capture', loginUid: plainUid, start: () => withoutAudit(async () => async () => {}) },
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

/**
 * Where audit was on once since the start of the machine, every new task pays for it until a rule says that it never
 * will. Without this the others would look better than they are.
 */
async function withoutAudit(start: () => Promise<() => Promise<void>>): Promise<() => Promise<void>> {
  const rule = ['task,never', '-F', `auid=${plainUid}`];
  execFileSync('auditctl', ['-a', ...rule], { stdio: 'ignore' });
  const remove = () => execFileSync('auditctl', ['-d', ...rule], { stdio: 'ignore' });
  try {
    const stop = await start();
    return async () => {
      remove();
      await stop();
    };
  } catch (error) {
    remove();
    throw error;
  }
}

async function startHelper(args: readonly string[]): Promise<() => Promise<void>> {
  const child = spawn(helper, ['ebpf', '--no-snapshot', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  // A reader that costs as little as can be: the capture is measured, not this process.
  const sink = spawn('sh', ['-c', 'head -c 1; exec cat >/dev/null'], {
    stdio: [child.stdout, 'pipe', 'inherit'],
  });
  child.stdout.destroy();
  await once(sink.stdout!, 'data');
  return () => end(child);
}

/** By the scripts of the recordings, so that it is set up as there. A kernel has one owner of audit: it may be taken. */
async function startAuditd(folder: string): Promise<() => Promise<void>> {
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
  const failed = once(child, 'exit').then(() => {
    throw new Error(`auditd did not start: ${said.trim()}`);
  });
  await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => {});
  return async () => {
    const closed = once(child, 'close');
    child.stdin.end('\n');
    await closed;
  };
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}
