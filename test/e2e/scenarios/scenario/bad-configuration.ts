/**
 * A fault, not an attack: a deployment over SSH brings a configuration with a mistake in it, and the server that is
 * started anew again and again does not come up, until the next one. Pages are deployed the same way all the time.
 */
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Host, Scenario } from '../scenario.ts';
import {
  addSshServer,
  keyOnce,
  sessionOf,
  sessionSteps,
  sshPackages,
  sshTo,
  tellSession,
  withSsh,
  writePrivate,
} from '../service/ssh.ts';
import { client, otherClient, type Stage } from '../stage.ts';

const web = '10.77.0.10';
const site = '/etc/nginx/conf.d/site.conf';
const log = '/var/log/nginx/error.log';
/** So long it is let fail. */
const loop_ms = 2500;
const key = keyOnce();
const pages = ['news', 'prices', 'contact', 'index'];
const configuration = (listen: string) => `server { ${listen} ${web}:80; root /srv/www; }\n`;

const webHost: Host = {
  name: 'web',
  address: web,
  prepare(container) {
    addSshServer(container, key());
    for (const folder of ['var/log/nginx', 'var/lib/nginx']) mkdirSync(join(container.root, folder));
    container.write(
      'etc/nginx/nginx.conf',
      'pid /run/nginx.pid;\nevents {}\nhttp {\naccess_log /var/log/nginx/access.log;\ninclude conf.d/*;\n}\n',
    );
    container.write(site.slice(1), configuration('listen'));
    for (const page of pages) container.write(`srv/www/${page}.html`, page.repeat(100));
    container.write('srv/service/run', `#!/bin/sh\nexec 2>>${log}\nexec /usr/sbin/nginx -g 'daemon off;'\n`);
    chownSync(join(container.root, 'srv/www'), 33, 33);
  },
  command: () => withSsh(['runsv', '/srv/service']),
  ports: [22, 80],
};

/** Deploys pages, again and again. */
const deployer: Host = {
  name: 'deploy',
  address: '10.77.0.46',
  prepare(container) {
    writePrivate(container, 'srv/key', key());
    for (const page of pages) container.write(`srv/pages/${page}.html`, page.repeat(100));
  },
  command: () => ['/usr/bin/sleep', 'infinity'],
  ports: [],
};

export const badConfiguration: Scenario = {
  name: 'bad-configuration',
  title:
    'a deployment brings a mistake in a configuration, and the server that it stops does not start again',
  packages: ['nginx', 'runit', ...sshPackages],
  hosts: [webHost, deployer],
  load: {
    mayFail: true,
    visits: [
      {
        weight: 1,
        requests: [
          { to: [web, 80], method: 'GET', path: pages.map((page) => `/${page}.html`), status: [200] },
        ],
      },
    ],
    chores: pages.map((page) => ({
      host: 'deploy',
      command: ['/bin/sh', '-c', deployment(`/srv/pages/${page}.html`, `/srv/www/${page}.html`)],
    })),
  },
  async attack(stage) {
    await deployConfiguration(stage, otherClient, 'listen');
    const mistaken = await deployConfiguration(stage, client, 'lisen');
    await setTimeout(loop_ms);
    const line = await stage.lineOf('web', log, 'unknown directive');
    await deployConfiguration(stage, otherClient, 'listen');
    await stage.container('web').listening(80);
    const pid = Number(/ (\d+)#/.exec(line)![1]);
    return {
      symptom: line,
      also: [`unknown directive "lisen"`],
      rootCause: { kind: 'connection', from: mistaken.client, to: `${web}:22` },
      steps: [
        ...sessionSteps('web', mistaken),
        { what: 'the configuration', at: { kind: 'file', path: site } },
        { what: 'the server that does not come up', at: { kind: 'process', container: 'web', pid } },
      ],
    };
  },
};

function deployment(from: string, to: string): string {
  return `${sshTo(web, '/srv/key').join(' ')} "cat >${to}" <${from}`;
}

async function deployConfiguration(stage: Stage, address: string, word: string) {
  const text = configuration(word).replaceAll('\n', '\\n');
  const command = `${tellSession} printf '${text}' >${site}; sv -w 1 restart /srv/service; true`;
  const file = join(stage.folder, 'key');
  writeFileSync(file, key().private, { mode: 0o600 });
  return sessionOf(await stage.execOutside([...sshTo(web, file, ['-b', address]), command]));
}
