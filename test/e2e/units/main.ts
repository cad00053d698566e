/**
 * `npm run units-truth [-- SERVER …]`: holds the units of real servers against the truth, counts what traces reach,
 * writes docs/UNITS.md (of all servers), and fails where a promise is broken.
 */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../analyser/tool/install.ts';
import { buildCapture } from '../capture/capture-build.ts';
import { brokenPromises } from './gates.ts';
import { type NamedReach, writePage } from './page.ts';
import { measureReach } from './reach.ts';
import { type Measured, measureServer, profilesOf, recordingOf } from './run-server.ts';
import { packagesOf, serverNamed, unitServers } from './servers.ts';

const load = { clients: 32, requests: 10 };
/** Servers whose traces are counted, at a load that is longer. */
const traced = ['nginx', 'apache2-event'];
const longLoad = { clients: 32, requests: 100 };
const portal = fileURLToPath(new URL('../../corpus/lamp/recordings/E3/recording.dpt.zst', import.meta.url));

async function main(): Promise<number> {
  const names = process.argv.slice(2);
  const servers = names.length === 0 ? unitServers : names.map(serverNamed);
  buildCapture();
  await installPackages(packagesOf(servers));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-units-')));
  chmodSync(folder, 0o755);
  try {
    const broken: string[] = [];
    const measured: Measured[] = [];
    for (const server of servers) {
      const each = await measureServer(server, folder, load);
      const { f1, callsRight, linesRight } = each.units;
      const { lines, right } = each.lines;
      process.stdout.write(
        `▸ ${server.name} ${JSON.stringify({ f1, callsRight, linesRight, lines, right })}\n`,
      );
      measured.push(each);
      broken.push(...brokenPromises(each));
    }
    // A page of some would say something else than its title.
    if (names.length === 0) await reaches(folder, (found) => writePage(measured, found, load));
    for (const sentence of broken) process.stdout.write(`✗ ${sentence}\n`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `tell` has what is counted so far. */
async function reaches(folder: string, tell: (found: readonly NamedReach[]) => void): Promise<void> {
  const long = join(folder, 'long');
  const found: NamedReach[] = [];
  const add = async (recording: string, file: string, profiles: readonly string[]): Promise<void> => {
    const reach = await measureReach(file, profiles, join(folder, `reach ${found.length}`));
    process.stdout.write(`▸ ${recording} ${JSON.stringify(reach)}\n`);
    found.push({ recording, reach });
    tell(found);
  };
  const profiles = await Promise.all(
    ['apache2-prefork', 'php-fpm'].map((name) => profilesOf(serverNamed(name))),
  );
  await add('login application, 220 requests', portal, profiles.flat());
  for (const name of traced) {
    await measureServer(serverNamed(name), long, longLoad);
    const requests = longLoad.clients * longLoad.requests;
    await add(`${name}, ${requests} requests`, recordingOf(long, name), await profilesOf(serverNamed(name)));
  }
}

process.exitCode = await main();
