/**
 * The login application of the recordings (test/corpus/lamp): Apache, php-fpm and MariaDB, each in a container. It must
 * not know what is done to it.
 */
import { chownSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../analyser/tool/command.ts';
import type { ServerContainer } from '../../capture/server-container.ts';
import type { Visit } from '../load.ts';
import type { Answered } from '../outside.ts';
import type { Host } from '../scenario.ts';
import type { RequestPlace, Step } from '../truth.ts';

const lamp = fileURLToPath(new URL('../../../corpus/lamp', import.meta.url));
/** www-data, on Debian. */
const webUser = 33;

export const web = '10.77.0.10';
export const app = '10.77.0.20';
export const database = '10.77.0.30';
export const portalPackages = ['apache2', 'php-fpm', 'php-mysql', 'mariadb-server'];

const webHost: Host = {
  name: 'web',
  address: web,
  prepare(container) {
    for (const folder of ['etc/apache2', 'var/log/apache2', 'srv/static']) makeFolder(container, folder);
    const config = readFileSync(join(lamp, 'etc/apache2.conf'), 'utf8');
    container.write('etc/apache2/apache2.conf', config.replaceAll('@MPM@', 'prefork'));
    cpSync(join(lamp, 'app/static'), join(container.root, 'srv/static'), { recursive: true });
  },
  command: () => ['/usr/sbin/apache2', '-f', '/etc/apache2/apache2.conf', '-D', 'FOREGROUND'],
  ports: [80],
};

const appHost: Host = {
  name: 'app',
  address: app,
  prepare(container) {
    for (const folder of ['etc/php', 'var/log/php-fpm', 'var/lib/php/sessions', 'srv/app'])
      makeFolder(container, folder);
    for (const file of ['php-fpm.conf', 'php.ini'])
      copyFileSync(join(lamp, 'etc', file), join(container.root, 'etc/php', file));
    for (const part of ['pages', 'bin'])
      cpSync(join(lamp, 'app', part), join(container.root, 'srv/app', part), { recursive: true });
    chownSync(join(container.root, 'var/lib/php/sessions'), webUser, webUser);
  },
  // Without a scan directory, the host's own extensions stay out.
  command: () => [
    ...['/usr/bin/env', 'PHP_INI_SCAN_DIR=', 'PATH=/usr/bin:/bin', fpmProgram(), '--nodaemonize'],
    ...['--fpm-config', '/etc/php/php-fpm.conf', '-c', '/etc/php/php.ini'],
  ],
  ports: [9000],
};

const databaseHost: Host = {
  name: 'db',
  address: database,
  async prepare(container) {
    for (const folder of ['etc/mysql', 'var/log/mysql', 'var/lib/mysql', 'run/mysqld'])
      makeFolder(container, folder);
    copyFileSync(join(lamp, 'etc/mariadb.cnf'), join(container.root, 'etc/mysql/my.cnf'));
    copyFileSync(join(lamp, 'etc/schema.sql'), join(container.root, 'etc/mysql/schema.sql'));
    const options = ['--no-defaults', '--user=mysql', `--datadir=${container.root}/var/lib/mysql`];
    const small = ['--skip-test-db', '--innodb-log-file-size=8M', '--auth-root-authentication-method=normal'];
    // Under the container's host name, because the accounts it creates carry it.
    const named = ['--uts', 'bash', '-c', 'hostname db && exec "$@"', 'install', 'mariadb-install-db'];
    await run('no database', 'unshare', [...named, ...options, ...small]);
    const owned = ['var/log/mysql', 'var/lib/mysql', 'run/mysqld'].map((each) => join(container.root, each));
    await run('no database', 'chown', ['-R', 'mysql:mysql', ...owned]);
  },
  command: () => ['/usr/sbin/mariadbd', '--defaults-file=/etc/mysql/my.cnf'],
  ports: [3306],
};

export const portal: readonly Host[] = [databaseHost, appHost, webHost];

/** With `more` on its hosts: what else is prepared, volumes. */
export function portalWith(
  more: Readonly<Record<string, Pick<Host, 'volumes'> & { prepare?: Host['prepare'] }>>,
): readonly Host[] {
  return portal.map((host) => {
    const added = more[host.name];
    if (added === undefined) return host;
    const prepare: Host['prepare'] = async (container) => {
      await host.prepare(container);
      await added.prepare?.(container);
    };
    return { ...host, ...added, prepare };
  });
}

const users = ['anna', 'bertil', 'cecilia', 'david', 'erik', 'frida'];
const password = 'correct horse';

export function get(path: string | readonly string[], ...status: number[]) {
  return { to: [web, 80] as const, method: 'GET' as const, path, status: status.length > 0 ? status : [200] };
}

export function post(path: string, form: Readonly<Record<string, string>>, ...status: number[]) {
  return { to: [web, 80] as const, method: 'POST' as const, path, form, status };
}

/** People log in, look around, and log out; some mistype, some register, some reset their password. */
export const portalVisits: readonly Visit[] = [
  ...users.map((user) => ({
    weight: 3,
    requests: [
      get('/'),
      get('/style.css'),
      post('/login.php', { user, password }, 303),
      get('/welcome.php'),
      get(['/status.php', '/welcome.php', '/style.css']),
      get('/logout.php'),
    ],
  })),
  {
    weight: 3,
    requests: [get('/'), get('/favicon.ico', 404), post('/login.php', { user: 'anna', password: '?' }, 403)],
  },
  {
    weight: 2,
    requests: [
      post('/register.php', { user: 'new-{n}', password }, 200),
      post('/login.php', { user: 'new-{n}', password }, 303),
      post('/reset.php', { password: `${password} {n}` }, 200),
    ],
  },
];

export function fpmProgram(): string {
  return join('/usr/sbin', readdirSync('/usr/sbin').find((name) => name.startsWith('php-fpm'))!);
}

function makeFolder(container: ServerContainer, folder: string): void {
  mkdirSync(join(container.root, folder), { recursive: true });
}

/** The request as the worker served it that printed its pid at the end of the page. */
export function servedBy({ body, from, until }: Answered): RequestPlace {
  const pid = Number(/(\d+)\s*$/.exec(body)?.[1]);
  return { kind: 'request', container: 'app', worker: { pid, from, until } };
}

/** Steps of a request from its client to the worker of the application. */
export function requestSteps(answered: Answered): Step[] {
  const atWeb: RequestPlace = { kind: 'request', container: 'web', client: answered.client };
  const atApp = servedBy(answered);
  return [
    { what: `the client's connection`, at: { kind: 'connection', from: answered.client } },
    { what: 'the web server takes the request', at: atWeb },
    { what: 'it asks the application', at: { kind: 'hop', from: atWeb, to: atApp } },
    { what: 'the application serves it', at: atApp },
  ];
}
