/** A command that is recorded by eBPF on this machine's own kernel, with all that it starts and nothing else. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { WhyAnswer } from '../../../services/contract/why.ts';
import { makeCgroup } from './test-cgroup.ts';

const command = fileURLToPath(new URL('../../../scripts/disprotrack', import.meta.url));

function run(...args: string[]) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
}

/** Path of the recording, which is in `folder`; `more` are options of `record`. */
export function recordRun(
  folder: string,
  name: string,
  words: readonly string[],
  more: readonly string[] = [],
): string {
  const recording = join(folder, `${name}.dpt`);
  const cgroup = makeCgroup(name);
  const inside = ['sh', '-c', `echo $$ > ${cgroup.path}/cgroup.procs; exec "$@"`, 'sh'];
  const options = ['--source', 'ebpf', '--out', recording, '--container', cgroup.path, '--only', ...more];
  const recorded = run('record', ...options, '--', ...inside, ...words);
  cgroup.remove();
  expect(recorded.status, recorded.stderr).toBe(0);
  return recording;
}

export function why(recording: string, symptom: string, ...options: string[]): WhyAnswer {
  const asked = run('why', '--recording', recording, '--json', ...options, symptom);
  expect(asked.status, asked.stderr).toBe(0);
  return JSON.parse(asked.stdout) as WhyAnswer;
}
