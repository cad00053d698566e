/** Whether kernel audit can be had, and who has it: one program at a time may own it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Finding } from './finding.ts';
import { findProgram } from './tool-check.ts';

const name = 'kernel audit';
const answer_ms_max = 5_000;

export function auditCheck(): Finding {
  // The kernel shows this file where it was built with audit.
  if (!existsSync('/proc/self/loginuid')) {
    return {
      state: 'optional',
      name,
      text: 'this kernel has none; recorded logs can be imported all the same',
    };
  }
  const auditctl = findProgram('auditctl');
  if (auditctl === undefined) {
    return {
      state: 'optional',
      name,
      text: 'the kernel has it; nothing here can ask for its state',
      fix: 'apt-get install auditd',
    };
  }
  const asked = spawnSync(auditctl, ['-s'], { encoding: 'utf8', timeout: answer_ms_max });
  if (asked.status !== 0) {
    const fix = process.getuid?.() === 0 ? undefined : 'sudo auditctl -s';
    const text = `the kernel has it; its state can't be read (${(asked.stderr ?? '').trim().split('\n')[0] || 'no answer'})`;
    return { state: 'optional', name, text, ...(fix === undefined ? {} : { fix }) };
  }
  return auditFinding(asked.stdout, programName);
}

/** `status` is what `auditctl -s` prints. */
export function auditFinding(status: string, nameOf: (pid: number) => string | undefined): Finding {
  const field = (key: string): number => Number(new RegExp(`^${key} (\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const pid = field('pid');
  const owner =
    pid === 0 ? 'nobody owns it' : `owned by ${nameOf(pid) ?? 'a program that can not be seen'} (pid ${pid})`;
  const enabled =
    ['off', 'on', 'on, and locked until the next boot'][field('enabled')] ?? 'in an unknown state';
  const lost = field('lost');
  const text = `${enabled}; ${owner}; ${lost} records lost since boot`;
  if (field('enabled') === 0) return { state: 'optional', name, text, fix: 'auditctl -e 1' };
  if (lost > 0) {
    return {
      state: 'optional',
      name,
      text,
      fix: `auditctl -b ${Math.max(8_192, 2 * field('backlog_limit'))}`,
    };
  }
  return { state: 'fine', name, text };
}

function programName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
