/** redis at debug level: commands, snapshots, an append-only file, and a replica of itself. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { talk } from '../client.ts';
import { logPath, type RealServer } from '../real-server.ts';

export const redis: RealServer = {
  name: 'redis',
  labels: 'redis',
  packages: ['redis-tools'],
  calledAs: 'redis-server',
  async prepare(place) {
    const options = {
      bind: '127.0.0.1',
      port: place.port,
      loglevel: 'debug',
      logfile: logPath(place),
      dir: place.folder,
    };
    return [
      ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]),
      '--save',
      '1 1',
    ];
  },
  ready: async ({ port }) => (await talk(port, ['PING\r\n'])).includes('PONG'),
  async use({ port, folder }, binary) {
    const commands = [
      'SET a 1',
      'GET a',
      'BGSAVE',
      'CONFIG SET appendonly yes',
      'BGREWRITEAOF',
      'DEBUG SLEEP 0',
    ];
    for (const command of commands) {
      await talk(port, [`${command}\r\n`]);
      await sleep(300);
    }
    const replica = spawn(
      binary,
      [
        '--port',
        String(port + 1),
        '--bind',
        '127.0.0.1',
        '--replicaof',
        `127.0.0.1 ${port}`,
        '--save',
        '',
        '--dir',
        folder,
      ],
      { argv0: 'redis-server', stdio: 'ignore' },
    );
    await sleep(3_000);
    for (let i = 0; i < 40; i++) await talk(port, [`SET k${i} ${'v'.repeat(i)}\r\n`], 20);
    replica.kill('SIGTERM');
    await sleep(500);
    await talk(port, ['CLIENT KILL TYPE normal\r\n', 'EVAL "error" 0\r\n', '*1\r\n$99999999999\r\n']);
    await talk(port, ['GET / HTTP/1.1\r\nHost: a\r\n\r\n']);
    for (const command of ['SAVE', 'FLUSHALL', 'MEMORY DOCTOR', 'REPLICAOF 127.0.0.1 9']) {
      await talk(port, [`${command}\r\n`]);
      await sleep(300);
    }
    await sleep(1_500);
    await talk(port, ['REPLICAOF NO ONE\r\n']);
    await sleep(6_000);
  },
};
