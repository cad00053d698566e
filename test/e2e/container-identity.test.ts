/**
 * Real containers, recorded while they run: what each prints is an entry of the container that its platform names, with
 * image and labels, though it lives for a moment only. Docker, containerd with names as faasd gives them, runc.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Vertex } from '../../services/core/graph-store.ts';
import { openStore } from '../../services/store/open-store.ts';
import { eventually } from '../fixture/agent-process.ts';
import { installPackages } from './analyser/tool/install.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-identity-'));
const socket = join(folder, 'docker.sock');
const containerd = join(folder, 'exec/containerd/containerd.sock');
const busybox = '/bin/busybox';
const install_ms_max = 600_000;
let daemon: ChildProcess | undefined;

beforeAll(async () => {
  if (skipped !== '') return;
  buildCapture();
  const packages = ['docker.io', 'containerd', 'runc', 'busybox-static'];
  const programs = ['/usr/sbin/dockerd', '/usr/bin/ctr', '/usr/sbin/runc', busybox];
  if (!programs.every((program) => existsSync(program))) await installPackages(packages);
  const places = ['--data-root', join(folder, 'root'), '--exec-root', join(folder, 'exec')];
  const own = ['--pidfile', join(folder, 'docker.pid'), '-H', `unix://${socket}`];
  // Without networks of its own it leaves the host's alone.
  const args = [...places, ...own, '--bridge', 'none', '--iptables=false', '--ip-masq=false'];
  daemon = spawn('dockerd', args, { stdio: 'ignore' });
  await eventually('docker answers', () => docker('version').status === 0);
  makeImage();
}, install_ms_max);

afterAll(async () => {
  if (daemon !== undefined) {
    const ended = new Promise((resolve) => daemon!.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }
  spawnSync('sh', ['-c', `mount | grep ${folder} | cut -d' ' -f3 | xargs -r umount -l`]);
  rmSync(folder, { recursive: true, force: true });
});

function docker(...args: string[]) {
  return spawnSync('docker', ['-H', `unix://${socket}`, ...args], { encoding: 'utf8' });
}

/** One program from scratch, as root file system and as Docker's image. */
function makeImage(): void {
  mkdirSync(join(folder, 'rootfs'), { recursive: true });
  execFileSync('cp', [busybox, join(folder, 'rootfs/busybox')]);
  const imported = spawnSync('sh', [
    '-c',
    `tar -C ${folder}/rootfs -c . | docker -H unix://${socket} import - shop:3`,
  ]);
  expect(imported.status, String(imported.stderr)).toBe(0);
}

/** Prints a line as each of them. */
function script(): string {
  const print = (what: string): string => `/busybox echo ${what} says 7 things`;
  const labels = '--label com.docker.compose.service=cart --label com.docker.compose.project=shop';
  const runcBundle = join(folder, 'bundle');
  mkdirSync(runcBundle, { recursive: true });
  execFileSync('runc', ['spec'], { cwd: runcBundle });
  const edit = `sed -i 's#"terminal": true#"terminal": false#; s#"sh"#"/busybox","echo","runc","says","7","things"#; s#"path": "rootfs"#"path": "${folder}/rootfs"#' config.json`;
  execFileSync('sh', ['-c', edit], { cwd: runcBundle });
  return [
    `docker -H unix://${socket} run --rm --network none --name cart-1 ${labels} shop:3 ${print('docker')}`,
    `ctr --address ${containerd} -n openfaas-fn run --rm --rootfs ${folder}/rootfs checkout ${print('function')} | cat`,
    `runc --root ${folder}/runc run -b ${runcBundle} plainly | cat`,
  ].join('\n');
}

async function recorded(): Promise<Map<string, { template: Vertex; process: Vertex }>> {
  const file = join(folder, 'containers.dpt');
  writeFileSync(join(folder, 'run.sh'), script());
  const run = (...args: string[]): void => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  run('record', '--source', 'ebpf', '--out', file, '--', 'sh', join(folder, 'run.sh'));
  run('import', '--store', join(folder, 'store'), '--recording', file);
  const reader = await openStore(join(folder, 'store'), { mode: 'read' });
  try {
    const vertices = new Map<string, Vertex>();
    for await (const vertex of reader.allVertices()) vertices.set(vertex.id, vertex);
    const found = new Map<string, { template: Vertex; process: Vertex }>();
    for await (const { from, to, op } of reader.allEdges()) {
      const who = /^(\w+) says <num> things/.exec(vertices.get(to)?.label ?? '')?.[1];
      const process = vertices.get(from)!;
      // The daemons hand lines on, and `docker run` prints them again.
      if (op !== 'log' || who === undefined || process.properties.comm !== 'busybox') continue;
      found.set(who, { template: vertices.get(to)!, process });
    }
    return found;
  } finally {
    await reader.close();
  }
}

test.skipIf(skipped !== '')(
  `each line is of its container, by name, image and labels${skipped}`,
  async () => {
    const found = await recorded();
    const of = (who: string) => found.get(who)?.process;
    expect(of('docker')).toMatchObject({
      container: 'cart-1',
      properties: {
        'container.image': 'shop:3',
        'container.service': 'cart',
        'container.project': 'shop',
        'container.runtime': 'docker',
        namespacePid: 1,
      },
    });
    expect(of('function')).toMatchObject({
      container: 'checkout',
      properties: { 'container.function': 'checkout', 'container.namespace': 'openfaas-fn' },
    });
    expect(of('runc')).toMatchObject({ container: 'plainly' });
    for (const { template, process } of found.values()) expect(template.container).toBe(process.container);
  },
  180_000,
);
