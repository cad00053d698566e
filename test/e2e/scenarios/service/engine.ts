/**
 * A Docker engine in a container of its own, which is its host: containers that it starts see that one's folders and
 * network, and their cgroups lie below that one's. Its socket is in a volume, for whoever is to ask it. Its one image is
 * a static busybox. It must not know what is asked of it.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../scenario.ts';

export const enginePackages = ['docker.io', 'containerd', 'runc', 'busybox-static', 'curl'];
/** Folder of the socket, for all containers that have it. */
export const socketFolder = '/run/engine';
export const socket = `${socketFolder}/docker.sock`;
export const image = 'tools';

/** With what else is on that host. */
export function engineHost(name: string, address: string, files: Readonly<Record<string, string>>): Host {
  return {
    name,
    address,
    volumes: { [socketFolder]: 'engine' },
    prepare(container) {
      for (const folder of ['sys', 'var/lib/docker', 'srv/image/bin'])
        mkdirSync(join(container.root, folder), { recursive: true });
      copyFileSync('/usr/bin/busybox', join(container.root, 'srv/image/bin/busybox'));
      container.write('srv/start', start);
      for (const [path, text] of Object.entries(files)) container.write(path, text);
    },
    // The namespace makes its cgroup the root of those that the engine sees.
    command: () => [
      '/usr/bin/env',
      'PATH=/usr/sbin:/usr/bin',
      'unshare',
      '--cgroup',
      '/bin/sh',
      '/srv/start',
    ],
    ports: [],
    ready: (container) => container.printing('the engine has its image'),
  };
}

/** Without networks of its own it needs no rules of a firewall. */
const start = `set -e
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
dockerd -H unix://${socket} --storage-driver vfs --bridge none --iptables=false --ip-masq=false 2>/var/log/dockerd.log &
until docker -H unix://${socket} version >/dev/null 2>&1; do sleep 0.1; done
tar -C /srv/image -c . | docker -H unix://${socket} import - ${image} >/dev/null
echo the engine has its image
wait
`;
