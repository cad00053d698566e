/** Units of three real servers against the truth; `npm run units-truth` does it with all of them. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackages } from '../analyser/tool/install.ts';
import { buildCapture, skipped } from '../capture/capture-build.ts';
import { brokenPromises } from './gates.ts';
import { measureReach } from './reach.ts';
import { measureServer, profilesOf } from './run-server.ts';
import { packagesOf, serverNamed } from './servers.ts';

const servers = ['nginx', 'memcached', 'python3'].map(serverNamed);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-units-')));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(skipped !== '')(`units of real servers${skipped}`, () => {
  beforeAll(async () => {
    buildCapture();
    await installPackages(packagesOf(servers));
  }, 600_000);

  test.each(servers)('$name: $model', async (server) => {
    const measured = await measureServer(server, folder, { clients: 32, requests: 6 });
    expect(measured.units.trueUnits).toBe(32 * 6);
    expect(brokenPromises(measured)).toEqual([]);
    expect(measured.units.callsRight).toBeGreaterThan(0.97);
    expect(measured.units.linesRight).toBeGreaterThan(0.97);
  });
});

test('a backward trace reaches far less with units', async () => {
  const recording = new URL('../../corpus/lamp/recordings/E3/recording.dpt.zst', import.meta.url);
  const profiles = await profilesOf(serverNamed('memcached'));
  const { served } = await measureReach(fileURLToPath(recording), profiles, join(folder, 'reach'));
  expect(served.withoutUnits.mean / served.withUnits.mean).toBeGreaterThan(3);
});
