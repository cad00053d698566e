/** The servers that are run for real. */
import { join } from 'node:path';
import { debianProgram } from '../debian/package-store.ts';
import { programLabels } from '../literal/program-labels.ts';
import { installPackages } from '../tool/install.ts';
import { type RealServer, record } from './real-server.ts';
import { dnsmasq } from './server/dnsmasq.ts';
import { lighttpd } from './server/lighttpd.ts';
import { memcached } from './server/memcached.ts';
import { nginx } from './server/nginx.ts';
import { redis } from './server/redis.ts';
import { sshd } from './server/sshd.ts';
import { tinyproxy } from './server/tinyproxy.ts';
import type { LogLine } from './trace-log.ts';

const port_first = 21_100;
const ports_each = 10;

export const realServers: readonly RealServer[] = [
  nginx,
  redis,
  sshd,
  memcached,
  lighttpd,
  tinyproxy,
  dnsmasq,
];

export interface Recording {
  readonly binary: string;
  readonly lines: readonly LogLine[];
}

/** Where it is; the packages are installed for the libraries, the binary is the one whose source is known. */
export async function serverBinary(
  server: RealServer,
): Promise<{ binary: string; files: string; port: number }> {
  await installPackages(server.packages);
  const labels = programLabels(server.labels);
  const { files } = await debianProgram(labels.package, labels.source);
  const binary = join(files, labels.binary);
  return { binary, files, port: port_first + ports_each * realServers.indexOf(server) };
}

export async function recordServer(server: RealServer): Promise<Recording> {
  const { binary, files, port } = await serverBinary(server);
  return { binary, lines: await record(server, binary, files, port) };
}
