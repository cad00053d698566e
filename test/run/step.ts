/** One step of a check: a command, or a vitest run, that is said, timed and remembered. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyTally, type Tally } from './test-tally.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Step {
  readonly name: string;
  /** Path of a script below the repository's root, and its arguments; run by this Node. */
  readonly command: readonly [string, ...string[]];
  /** A vitest run is shown as it goes on, and counted. */
  readonly counts?: boolean;
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly ms: number;
  readonly tally: Tally;
}

export async function runStep(step: Step): Promise<StepResult> {
  const began = performance.now();
  process.stdout.write(`▸ ${step.name} …\n`);
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-step-'));
  try {
    const tallyFile = join(folder, 'tally.json');
    const { status, output } = await run(step, tallyFile);
    const tally = step.counts === true ? readTally(tallyFile) : emptyTally;
    const passed = status === 0 && tally.failed === 0;
    if (!passed) process.stdout.write(output);
    const ms = performance.now() - began;
    process.stdout.write(`${passed ? '✓' : '✗'} ${step.name}  ${(ms / 1000).toFixed(1)} s\n`);
    return { name: step.name, passed, ms, tally };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `output` is empty where it was shown already. */
function run(step: Step, tallyFile: string): Promise<{ status: number; output: string }> {
  const shown = step.counts === true;
  const [script, ...args] = step.command;
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', shown ? 'inherit' : 'pipe', shown ? 'inherit' : 'pipe'],
    env: { ...process.env, DISPROTRACK_TALLY: tallyFile },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, output }));
  });
}

/** A run that died before its end wrote no tally, and has failed. */
function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tally;
  } catch {
    return { ...emptyTally, failed: 1, failures: ['the run died before its end'] };
  }
}
