/**
 * A virtual machine that boots a kernel, loads the module and tries it: the tests themselves are a program of
 * kernel-module/lkm/test. It must not know which tests there are.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';
import { installPackages, installTools } from '../analyser/tool/install.ts';
import { buildCapture, helper } from '../capture/capture-build.ts';
import type { KernelTree } from './kernel-tree.ts';

const program = fileURLToPath(new URL('../../../kernel-module/lkm/test', import.meta.url));
/** A busy host starves the machine: its checks of time would take that for a fault. A hang is seen from outside. */
const commandLine =
  'console=ttyS0 panic=-1 quiet mitigations=off nokaslr no_timer_check nowatchdog rcupdate.rcu_cpu_stall_suppress=1';
export const guest_ms_max = 8 * 60_000;

export interface GuestReport {
  readonly kernel: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** It came to its end. */
  readonly done: boolean;
  /** All that was on the serial line. */
  readonly console: string;
}

export async function runGuest(tree: KernelTree, module: string): Promise<GuestReport> {
  await installTools('qemu-system-x86_64', 'cpio', 'gcc', 'make');
  await installPackages(['libc6-dev']);
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-guest-'));
  try {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'dev'), { recursive: true });
    await run('could not build the guest’s program', 'make', ['-s', '-C', program, `BUILD=${root}`]);
    copyFileSync(module, join(root, 'disprotrack.ko'));
    buildCapture();
    copyFileSync(helper, join(root, 'disprotrack-capture'));
    return report(await boot(tree.image, await packGuest(root, join(folder, 'initrd'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs a guest's file system, which has a folder `dev`, into `initrd`. */
export async function packGuest(root: string, initrd: string): Promise<string> {
  const pack = 'mknod dev/console c 5 1 && find . | cpio --quiet -o -H newc > "$1"';
  await run('could not pack the guest', 'sh', ['-c', pack, 'sh', initrd], { cwd: root });
  return initrd;
}

/** Resolves to the serial line's text when the machine is off, or was too slow. */
export function boot(image: string, initrd: string): Promise<string> {
  const options = [
    // One thread: with more, this emulator can run code that another processor has patched meanwhile.
    ['-accel', 'tcg,thread=single'],
    // Without cmpxchg16b: an interrupt right behind an emulated one can find flags that are none.
    ['-cpu', 'qemu64,-cx16'],
    ['-smp', '2'],
    ['-m', '768'],
    ['-nographic', '-no-reboot', '-nodefaults'],
    ['-serial', 'stdio'],
    ['-kernel', image],
    ['-initrd', initrd],
    ['-append', commandLine],
  ].flat();
  const child = spawn('qemu-system-x86_64', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const late = setTimeout(() => child.kill('SIGKILL'), guest_ms_max);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(late);
      resolve(text);
    });
  });
}

function report(text: string): GuestReport {
  // The firmware clears the screen, and may leave its last line open, before the kernel says anything.
  const lines = text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|\u001bc|\r/g, '').split('\n');
  const behind = (head: string) =>
    lines.filter((line) => line.startsWith(head)).map((line) => line.slice(head.length));
  return {
    kernel: /# kernel (.*)$/m.exec(lines.join('\n'))?.[1] ?? '',
    passed: behind('ok '),
    failed: [...behind('not ok '), ...behind('gave up: ')],
    done: lines.includes('done'),
    console: lines.join('\n'),
  };
}
