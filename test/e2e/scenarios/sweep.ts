/** Ends what a run that was killed left behind: its containers would be recorded with nobody's, and its network stays. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cgroupMount } from '../capture/test-cgroup.ts';
import { TestNetwork } from './network.ts';

const tries_max = 100;
const pause_ms = 50;

/** Stages by `name` of processes that are no more. */
export async function sweepStages(name: string): Promise<void> {
  const parent = cgroupMount();
  for (const folder of readdirSync(parent)) {
    const pid = new RegExp(`^disprotrack-${name}-(\\d+)$`).exec(folder)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    await removeCgroup(join(parent, folder));
    TestNetwork.of(`${name}${pid}`).remove();
  }
}

/** With what runs in it. */
async function removeCgroup(path: string): Promise<void> {
  const children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const child of children) await removeCgroup(join(path, child.name));
  for (let tries = 0; ; tries++) {
    const pids = readFileSync(join(path, 'cgroup.procs'), 'utf8').trim().split('\n').map(Number);
    for (const pid of pids) if (pid > 0) killIfThere(pid);
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      // A killed process can hold its cgroup for a moment.
      if (tries > tries_max) throw new Error(`could not remove ${basename(path)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
