/** Servers of data: redis, memcached, MariaDB. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../analyser/tool/command.ts';
import type { UnitServer } from '../unit-server.ts';
import { mariadbLines, memcachedLines, redisLines } from './true-lines.ts';

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
  lines: redisLines,
};

const memcached: UnitServer = {
  name: 'memcached',
  model: 'an event loop in each of four threads, connections handed to them by another',
  isAsync: true,
  packages: ['memcached'],
  port: 11211,
  protocol: 'memcached',
  prepare() {},
  command: () => ['/usr/bin/memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', '11211', '-vv'],
  binaries: ['/usr/bin/memcached'],
  lines: memcachedLines,
};

const mariadb: UnitServer = {
  name: 'mariadb',
  model: 'a thread for each connection, accepted by another',
  isAsync: false,
  packages: ['mariadb-server'],
  port: 3306,
  protocol: 'mysql',
  async prepare({ root }) {
    const folders = ['var/log/mysql', 'var/lib/mysql', 'run/mysqld'].map((folder) => join(root, folder));
    for (const folder of folders) mkdirSync(folder);
    const options = ['--no-defaults', '--user=mysql', `--datadir=${folders[1]}`, '--skip-test-db'];
    await run('no database', 'mariadb-install-db', [...options, '--innodb-log-file-size=8M']);
    await run('no database', 'chown', ['-R', 'mysql:mysql', ...folders]);
  },
  command: () => [
    ...['/usr/sbin/mariadbd', '--no-defaults', '--user=mysql', '--datadir=/var/lib/mysql'],
    ...['--skip-grant-tables', '--bind-address=127.0.0.1', '--port=3306', '--skip-networking=0'],
    ...['--socket=/run/mysqld/mysqld.sock', '--innodb-log-file-size=8M', '--log-warnings=9'],
    ...['--log-error=/var/log/mysql/error.log', '--general-log'],
    '--general-log-file=/var/log/mysql/general.log',
  ],
  binaries: ['/usr/sbin/mariadbd'],
  lines: mariadbLines,
};

export const dataServers: readonly UnitServer[] = [redis, memcached, mariadb];
