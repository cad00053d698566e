/** An import that its user stops (Ctrl-C, an orderly kill) and starts again: nothing is lost, and nothing is twice. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../services/store/open-store.ts';
import { generateAudit } from '../bench/audit-generator.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-interrupted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** So much that an import commits a few times. */
const audit_bytes = 24 << 20;
const logLines = 4_000;

test('SIGINT and SIGTERM after a commit leave a store that a repeat completes', {
  timeout: 300_000,
}, async () => {
  const inputs = writeInputs();
  const whole = join(folder, 'whole');
  expect(spawnSync(command, ['import', '--store', whole, ...inputs]).status).toBe(0);
  const { edges } = (await counts(whole))!;

  const stopped = join(folder, 'stopped');
  let before = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = spawn(command, ['import', '--store', stopped, ...inputs], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (((await counts(stopped))?.edges ?? 0) <= before && child.exitCode === null) await setTimeout(20);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    const after = (await counts(stopped))!.edges;
    expect(after).toBeGreaterThan(before);
    expect(after).toBeLessThan(edges);
    before = after;
  }

  expect(spawnSync(command, ['import', '--store', stopped, ...inputs]).status).toBe(0);
  expect(exported(stopped)).toBe(exported(whole));
});

function writeInputs(): string[] {
  const bytes = Buffer.concat(Array.from(generateAudit({ seed: 7, bytes: audit_bytes }), (c) => c.bytes));
  const seconds = [...bytes.toString('latin1').matchAll(/audit\((\d+)\./g)].map((match) => Number(match[1]));
  const [first, last] = [seconds[0]!, seconds.at(-1)!];
  const lines = Array.from({ length: logLines }, (_, i) => {
    const time = new Date((first + ((last - first) * i) / logLines) * 1000).toISOString();
    return `${JSON.stringify({ level: 30, time, pid: 1000 + (i % 50), msg: `request ${i} done` })}\n`;
  });
  const [audit, log] = [join(folder, 'audit.log'), join(folder, 'app.log')];
  writeFileSync(audit, bytes);
  writeFileSync(log, lines.join(''));
  return ['--host', 'node1', '--audit', audit, '--log', log];
}

/** Undefined while there is no store. */
async function counts(dir: string): Promise<{ edges: number } | undefined> {
  try {
    const reader = await openStore(dir, { mode: 'read' });
    const result = await reader.counts();
    await reader.close();
    return result;
  } catch {
    return undefined;
  }
}

function exported(dir: string): string {
  const { status, stdout } = spawnSync(command, ['export', '--store', dir, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 512 << 20,
  });
  expect(status).toBe(0);
  return stdout;
}
