/** Servers of data: redis, memcached, MariaDB. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../analyser/tool/command.ts';
import type { UnitServer } from '../unit-server.ts';

const redis: UnitServer = {
  name: 'redis',
  model: 'one event loop',
  isAsync: true,
  packages: ['redis-server'],
  port: 6379,
  protocol: 'redis',
  prepare: ({ root }) => void mkdirSync(join(root, 'var/log/redis')),
  command: () => [
    ...['/usr/bin/redis-server', '--bind', '127.0.0.1', '--port', '6379', '--save', ''],
    ...['--loglevel', 'verbose', '--logfile', '/var/log/redis/redis.log', '--dir', '/tmp'],
  ],
  binaries: ['/usr/bin/redis-server'],
  lines: [],
};

export const dataServers: readonly UnitServer[] = [redis];
