/** The helper, built by its own script, and the layout that its compiler says. It must not know any test. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Member {
  readonly offset: number;
  readonly bytes: number;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const helper = `${root}.cache/capture/disprotrack-capture`;

/** Capture needs root. A CI without it is to fail, not to pass by doing less. */
export const skipped =
  process.getuid?.() === 0 || process.env.CI !== undefined ? '' : ' (skipped: needs root)';

/** Builds what is not built yet, and installs what that takes. */
export function buildCapture(): void {
  const { status, stderr } = spawnSync(`${root}kernel-module/build.sh`, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`could not build the helper: ${stderr}`);
}

/** By member, dotted; `record` and `file_header` are whole. */
export function compiledLayout(): ReadonlyMap<string, Member> {
  const lines = output(`${root}.cache/capture/record-layout`).split('\n');
  return new Map(
    lines.map((line) => {
      const [name, offset, bytes] = line.split(' ');
      return [name!, { offset: Number(offset), bytes: Number(bytes) }];
    }),
  );
}

/** What is recorded on this machine: number by name. */
export function recordedSyscalls(): ReadonlyMap<string, number> {
  const lines = output(helper, 'syscalls').split('\n');
  return new Map(lines.map((line) => line.split(' ')).map(([name, number]) => [name!, Number(number)]));
}

export function output(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`${program} gave ${status}: ${stderr}`);
  return stdout.trim();
}
