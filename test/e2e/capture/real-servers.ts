/** Real servers, each with what makes it write its own logs. They must not know that they are captured. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../analyser/tool/command.ts';
import type { ServerContainer } from './server-container.ts';

export interface RealServer {
  readonly name: string;
  readonly packages: readonly string[];
  readonly port: number;
  /** Fills the container's file system. */
  prepare(container: ServerContainer): void | Promise<void>;
  command(): readonly string[];
  /** Sent over a connection of its own, many times. */
  readonly request: Buffer;
  /** A client of its own kind, which is run beside that. */
  readonly client?: readonly string[];
  readonly logs: readonly ServerLog[];
  /** What it prints is a log too. */
  readonly prints: boolean;
}

export interface ServerLog {
  readonly path: string;
  /** Its first group is the pid, as the container sees it. */
  readonly pid?: RegExp;
  /** Its first group is the time, for `Date.parse`, or seconds. */
  readonly time?: RegExp;
}

const get = Buffer.from('GET /missing HTTP/1.0\r\nHost: x\r\n\r\n');

const apache: RealServer = {
  name: 'apache2',
  packages: ['apache2'],
  port: 8080,
  prepare(container) {
    mkdirSync(join(container.root, 'var/log/apache2'));
    container.write('srv/www/index.html', 'hello');
    container.write(
      'etc/apache2.conf',
      `ServerRoot /srv
ServerName test
PidFile /run/apache2.pid
Listen 127.0.0.1:8080
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
DocumentRoot /srv/www
LogLevel info
ErrorLog /var/log/apache2/error.log
LogFormat "%P %{sec}t %m %U %>s" short
CustomLog /var/log/apache2/access.log short
`,
    );
  },
  command: () => ['/usr/sbin/apache2', '-f', '/etc/apache2.conf', '-D', 'FOREGROUND'],
  request: get,
  logs: [
    { path: '/var/log/apache2/access.log', pid: /^(\d+) /, time: /^\d+ (\d+) / },
    { path: '/var/log/apache2/error.log', pid: /\[pid (\d+)/, time: /^\[\w+ (\w+ \d+ [\d:.]+ \d+)\]/ },
  ],
  prints: false,
};

const nginx: RealServer = {
  name: 'nginx',
  packages: ['nginx'],
  port: 8080,
  prepare(container) {
    mkdirSync(join(container.root, 'var/log/nginx'));
    mkdirSync(join(container.root, 'var/lib/nginx'));
    container.write(
      'etc/nginx.conf',
      `worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log info;
events { worker_connections 256; }
http {
  log_format short '$pid $msec "$request" $status';
  access_log /var/log/nginx/access.log short;
  server { listen 127.0.0.1:8080; root /srv; }
}
`,
    );
  },
  command: () => ['/usr/sbin/nginx', '-c', '/etc/nginx.conf', '-g', 'daemon off;'],
  request: get,
  logs: [
    { path: '/var/log/nginx/access.log', pid: /^(\d+) /, time: /^\d+ ([\d.]+) / },
    { path: '/var/log/nginx/error.log', pid: /\] (\d+)#/, time: /^(\d+\/\d+\/\d+ [\d:]+) / },
  ],
  prints: false,
};

const fpm: RealServer = {
  name: 'php-fpm',
  packages: ['php-fpm'],
  port: 9000,
  prepare(container) {
    mkdirSync(join(container.root, 'var/log/php-fpm'));
    container.write(
      'etc/php-fpm.conf',
      `[global]
daemonize = no
error_log = /var/log/php-fpm/error.log
log_level = debug
[www]
user = www-data
group = www-data
listen = 127.0.0.1:9000
pm = static
pm.max_children = 3
ping.path = /ping
access.log = /var/log/php-fpm/access.log
access.format = "%p %{%s}t %m %r %s"
`,
    );
  },
  command: () => [
    join('/usr/sbin', readdirSync('/usr/sbin').find((name) => name.startsWith('php-fpm'))!),
    '--nodaemonize',
    '--fpm-config',
    '/etc/php-fpm.conf',
  ],
  request: fastCgiRequest({ SCRIPT_NAME: '/ping', SCRIPT_FILENAME: '/ping', REQUEST_METHOD: 'GET' }),
  logs: [
    { path: '/var/log/php-fpm/access.log', pid: /^(\d+) /, time: /^\d+ (\d+) / },
    { path: '/var/log/php-fpm/error.log', time: /^\[(\d+-\w+-\d+ [\d:.]+)\]/ },
  ],
  prints: false,
};

const mariadb: RealServer = {
  name: 'mariadb',
  packages: ['mariadb-server'],
  port: 3306,
  async prepare({ root }) {
    for (const folder of ['var/log/mysql', 'var/lib/mysql', 'run/mysqld']) mkdirSync(join(root, folder));
    const data = join(root, 'var/lib/mysql');
    const options = ['--no-defaults', '--user=mysql', `--datadir=${data}`, '--skip-test-db'];
    await run('no database', 'mariadb-install-db', [...options, '--innodb-log-file-size=8M']);
    const owned = ['var/log/mysql', 'var/lib/mysql', 'run/mysqld'].map((folder) => join(root, folder));
    await run('no database', 'chown', ['-R', 'mysql:mysql', ...owned]);
  },
  command: () => [
    ...[
      '/usr/sbin/mariadbd',
      '--no-defaults',
      '--user=mysql',
      '--datadir=/var/lib/mysql',
      '--skip-grant-tables',
    ],
    ...['--bind-address=127.0.0.1', '--port=3306', '--skip-networking=0', '--socket=/run/mysqld/mysqld.sock'],
    ...[
      '--log-error=/var/log/mysql/error.log',
      '--log-warnings=9',
      '--general-log',
      '--innodb-log-file-size=8M',
    ],
    '--general-log-file=/var/log/mysql/general.log',
  ],
  // An answer to the server's greeting that it can't read: it says so in its logs.
  client: ['mariadb', '--no-defaults', '--host=127.0.0.1', '--execute', 'select 1;'.repeat(200)],
  request: Buffer.from('not a client\n'),
  logs: [
    { path: '/var/log/mysql/error.log', time: /^(\d+-\d+-\d+ +[\d:]+) / },
    { path: '/var/log/mysql/general.log' },
  ],
  prints: false,
};

const openssh: RealServer = {
  name: 'openssh',
  packages: ['openssh-server'],
  port: 2222,
  async prepare(container) {
    mkdirSync(join(container.root, 'run/sshd'), { mode: 0o755 });
    await run('no key', 'ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-f',
      join(container.root, 'etc/host_key'),
    ]);
    container.write(
      'etc/sshd_config',
      `Port 2222
ListenAddress 127.0.0.1
HostKey /etc/host_key
UsePAM no
LogLevel VERBOSE
MaxStartups 100
`,
    );
  },
  command: () => ['/usr/sbin/sshd', '-D', '-f', '/etc/sshd_config', '-E', '/var/log/sshd.log'],
  request: Buffer.from('not a client\r\n'),
  logs: [{ path: '/var/log/sshd.log' }],
  prints: false,
};

const redis: RealServer = {
  name: 'redis',
  packages: ['redis-server'],
  port: 6379,
  prepare: ({ root }) => void mkdirSync(join(root, 'var/log/redis')),
  command: () => [
    ...[
      '/usr/bin/redis-server',
      '--bind',
      '127.0.0.1',
      '--port',
      '6379',
      '--save',
      '',
      '--loglevel',
      'verbose',
    ],
    ...['--logfile', '/var/log/redis/redis.log', '--dir', '/tmp'],
  ],
  request: Buffer.from('PING\r\nQUIT\r\n'),
  logs: [{ path: '/var/log/redis/redis.log', pid: /^(\d+):/, time: /^\d+:\w (\d+ \w+ \d+ [\d:.]+) / }],
  prints: false,
};

const python: RealServer = {
  name: 'python3',
  packages: ['python3'],
  port: 8080,
  prepare(container) {
    container.write(
      'srv/server.py',
      `import http.server, logging, sys
logging.basicConfig(filename="/var/log/app.log", level=logging.INFO, format="%(process)d %(created)f %(message)s")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        logging.info("request for %s", self.path)
        print("printed for", self.path, flush=True)
        self.send_error(404)
http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
`,
    );
  },
  command: () => ['/usr/bin/python3', '/srv/server.py'],
  request: get,
  logs: [{ path: '/var/log/app.log', pid: /^(\d+) /, time: /^\d+ ([\d.]+) / }],
  prints: true,
};

const node: RealServer = {
  name: 'node',
  packages: [],
  port: 8080,
  prepare(container) {
    copyFileSync(process.execPath, join(container.root, 'srv/node'));
    container.write(
      'srv/server.cjs',
      `const fs = require('node:fs');
const log = fs.createWriteStream('/var/log/node.log', { flags: 'a' });
require('node:http').createServer((request, response) => {
  log.write(process.pid + ' ' + Date.now() / 1000 + ' ' + request.url + '\\n');
  console.log('printed for', request.url);
  console.error('complained of', request.url);
  response.statusCode = 404;
  response.end();
}).listen(8080, '127.0.0.1');
process.on('SIGTERM', () => log.end(() => process.exit(0)));
`,
    );
  },
  command: () => ['/srv/node', '/srv/server.cjs'],
  request: get,
  logs: [{ path: '/var/log/node.log', pid: /^(\d+) /, time: /^\d+ ([\d.]+) / }],
  prints: true,
};

export const realServers: readonly RealServer[] = [apache, nginx, fpm, mariadb, openssh, redis, python, node];

/** A whole request of FastCGI, with nothing in its body. */
function fastCgiRequest(params: Readonly<Record<string, string>>): Buffer {
  const record = (type: number, content: Buffer) =>
    Buffer.concat([Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]), content]);
  const pairs = Object.entries(params).map(([name, value]) =>
    Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]),
  );
  const none = Buffer.alloc(0);
  return Buffer.concat([
    record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
    record(4, Buffer.concat(pairs)),
    record(4, none),
    record(5, none),
  ]);
}
