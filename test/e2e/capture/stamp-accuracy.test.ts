/**
 * Stamps of real servers with verbose logs, against the calls that uprobes saw: a line that is stamped is never another
 * call's, and all but a few are stamped.
 */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { realServers } from '../analyser/reality/servers.ts';
import { installTools } from '../analyser/tool/install.ts';
import { buildCapture, helper, skipped } from './capture-build.ts';
import { type StampedLine, stampedRun } from './stamp/stamped-run.ts';

/** DISPROTRACK_SERVERS names those to try. */
const wanted = (process.env.DISPROTRACK_SERVERS ?? 'sshd,tinyproxy').split(',');
const servers = realServers.filter(({ name }) => wanted.includes('all') || wanted.includes(name));
const run_ms_max = 10 * 60_000;
/** Of lines of one server. A thread that begins or ends changes what is mapped, and a walk of another one ends then. */
const stamped_part_min = 0.98;
/** In a short log two such lines are as much as that. */
const unstamped_lines = 5;

interface Verdict {
  readonly lines: number;
  readonly right: number;
  readonly wrong: readonly StampedLine[];
  readonly none: number;
  /** The program was not known yet. */
  readonly pending: number;
  readonly whole: number;
}

function verdict(all: readonly StampedLine[]): Verdict {
  const pending = all.filter(({ end }) => end === 'pending');
  const lines = all.filter(({ end, called }) => end !== 'pending' && called.length > 0);
  const stamped = lines.filter(({ site }) => site !== undefined);
  const wrong = stamped.filter(({ site, called }) => !called.includes(site!));
  return {
    lines: lines.length,
    right: stamped.length - wrong.length,
    wrong,
    none: lines.length - stamped.length,
    pending: pending.length,
    whole: lines.filter(({ end }) => end === 'end').length,
  };
}

describe.skipIf(skipped !== '').each(servers)(`stamps of $name${skipped}`, (server) => {
  beforeAll(async () => {
    buildCapture();
    await installTools('clang', 'gcc');
    const { stdout } = spawnSync(helper, ['probe'], { encoding: 'utf8' });
    expect(stdout).toContain('"stacks":true');
  }, 600_000);

  test('are of the call that was made', { timeout: run_ms_max }, async () => {
    const { lines, right, wrong, none, pending, whole } = verdict(await stampedRun(server));
    console.log(
      `${server.name}: ${lines} lines, ${right} right, ${wrong.length} wrong, ${none} without, ${pending} too early, ${whole} stacks whole`,
    );
    expect(lines).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
    const least = Math.min(stamped_part_min * lines, lines - unstamped_lines);
    expect(right).toBeGreaterThanOrEqual(least);
    expect(whole).toBeGreaterThanOrEqual(least);
  });
});
