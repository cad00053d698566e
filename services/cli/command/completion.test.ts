import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';

async function completion(shell: string): Promise<string> {
  const { code, out } = await runCommand(['completion', shell]);
  expect(code).toBe(0);
  return out;
}

/** What bash offers for the words, the last of them being typed. */
function offered(script: string, ...words: string[]): string[] {
  const program = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _disprotrack; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test('bash completes commands, options of the command at hand, and their values', async () => {
  const script = await completion('bash');
  expect(offered(script, 'disprotrack', 'wh')).toEqual(['why']);
  expect(offered(script, 'disprotrack', 'why', '--s')).toEqual(['--store', '--server']);
  expect(offered(script, 'disprotrack', 'export', '--format', 'pr')).toEqual(['prov-json']);
  expect(offered(script, 'disprotrack', 'why', '--store', '/et')).toContain('/etc');
});

test('zsh and fish get every command and option, too', async () => {
  const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map(completion));
  const long = new Set(bash!.match(/--[a-z-]+/g));
  expect(long.size).toBeGreaterThan(20);
  for (const option of long) {
    expect(zsh, option).toContain(`'${option}[`);
    expect(fish, option).toContain(`-l ${option.slice(2)}`);
  }
});

test('another shell is refused', async () => {
  const { code, err } = await runCommand(['completion', 'tcsh']);
  expect([code, err]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
});
