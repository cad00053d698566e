import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeWholeFile } from '../runtime/whole-file.ts';
import { LiveProfiles } from './live-profiles.ts';

const registry = mkdtempSync(join(tmpdir(), 'disprotrack-live-'));
afterAll(() => rmSync(registry, { recursive: true, force: true }));

const profile = (program: string) =>
  JSON.stringify({
    format: 'disprotrack-lms-cfg',
    version: 2,
    program,
    buildId: '0123456789',
    nodes: [{ id: 0, text: 'started', regex: 'started' }],
    edges: [],
  });

const late = { host: 'h', container: undefined, exe: '/usr/bin/late', argv: [], buildId: undefined };

test('a profile that comes later is known at the next look, and a broken one leaves those that were read', async () => {
  const said: string[] = [];
  const live = await LiveProfiles.open({ files: [], registries: [registry] }, (d) => said.push(d.code), 20);
  try {
    expect([live.of(late), said]).toEqual([undefined, ['no-profile']]);
    await writeWholeFile(join(registry, 'late.json'), profile('/usr/bin/late'));
    await expect.poll(() => live.of(late)?.cfg.program).toBe('/usr/bin/late');
    writeFileSync(join(registry, 'broken.json'), '{');
    await expect.poll(() => said).toContain('profiles');
    expect(live.of(late)?.match('started')).toHaveLength(1);
  } finally {
    await live.stop();
  }
});
