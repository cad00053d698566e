/** `npm run units-truth`: measures units of real servers against the truth, and writes docs/UNITS.md. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureServer } from './run-server.ts';
import { dataServers } from './server/data-servers.ts';
import { functions } from './server/functions.ts';
import { webServers } from './server/web-servers.ts';

const wanted = process.argv.slice(2);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-units-')));
chmodSync(folder, 0o755);
for (const server of [...webServers, ...functions, ...dataServers]) {
  if (wanted.length > 0 && !wanted.includes(server.name)) continue;
  const measured = await measureServer(server, folder, { clients: 32, requests: 10 });
  process.stdout.write(
    `${JSON.stringify({ name: server.name, ...measured.units, lines2: measured.lines }, null, 1)}\n`,
  );
}
if (process.env.KEEP === undefined) rmSync(folder, { recursive: true });
else console.log(folder);
