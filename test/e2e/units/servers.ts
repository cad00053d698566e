/** All servers whose true units are known. */
import { dataServers } from './server/data-servers.ts';
import { functions } from './server/functions.ts';
import { sessionServers } from './server/session-servers.ts';
import { webServers } from './server/web-servers.ts';
import type { UnitServer } from './unit-server.ts';

export const unitServers: readonly UnitServer[] = [
  ...webServers,
  ...functions,
  ...dataServers,
  ...sessionServers,
];

export function serverNamed(name: string): UnitServer {
  const server = unitServers.find((each) => each.name === name);
  if (server !== undefined) return server;
  throw new Error(`there is no server ${name}; there are ${unitServers.map((each) => each.name).join(', ')}`);
}

/** Debian packages that these servers, and what drives them, are from. */
export function packagesOf(servers: readonly UnitServer[]): string[] {
  return [...new Set([...servers.flatMap(({ packages }) => packages), 'iproute2', 'python3', 'util-linux'])];
}
