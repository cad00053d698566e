import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Diagnostic } from '../core/diagnostic.ts';
import { readProfiles } from './profile-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-registry-'));
const registry = join(folder, 'registry');
mkdirSync(registry);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function profile(path: string, program: string, text: string): string {
  const node = { id: 0, text, regex: `^${text}$` };
  const head = { format: 'disprotrack-lms-cfg', version: 2, program };
  writeFileSync(path, JSON.stringify({ ...head, nodes: [node], links: [[]] }));
  return path;
}

/** The one text of each program's profile. */
async function check(
  files: readonly string[],
  expected: Readonly<Record<string, string | undefined>>,
  codes: readonly string[] = [],
): Promise<void> {
  const found: Diagnostic[] = [];
  const profileOf = await readProfiles({ files, registries: [registry] }, (d) => found.push(d));
  const texts = Object.keys(expected).map((exe) => [exe, profileOf(exe)?.cfg.nodes[0]?.text]);
  expect(Object.fromEntries(texts)).toEqual(expected);
  expect(found.map((d) => d.code)).toEqual(codes);
}

test('a registry’s profiles count for their programs, but for one of several builds', async () => {
  profile(join(registry, 'aa.json'), 'nginx', 'one');
  profile(join(registry, 'bb.json'), 'sshd', 'two');
  writeFileSync(join(registry, 'bb.json.7.part'), 'half');
  await check([], { '/usr/sbin/nginx': 'one', '/usr/sbin/sshd': 'two', '/bin/ls': undefined });

  profile(join(registry, 'cc.json'), 'nginx', 'three');
  await check([], { '/usr/sbin/nginx': undefined, '/usr/sbin/sshd': 'two' }, ['several-builds']);
  const named = profile(join(folder, 'named.json'), 'nginx', 'four');
  await check([named], { '/usr/sbin/nginx': 'four', '/usr/sbin/sshd': 'two' });
});

test('a registry that is none is an input error', async () => {
  const missing = readProfiles({ files: [], registries: [join(folder, 'none')] }, () => {});
  await expect(missing).rejects.toMatchObject({ code: 'missing' });
  writeFileSync(join(registry, 'dd.json'), '{}');
  const broken = readProfiles({ files: [], registries: [registry] }, () => {});
  await expect(broken).rejects.toMatchObject({
    code: 'profile',
    message: expect.stringContaining('dd.json'),
  });
});
