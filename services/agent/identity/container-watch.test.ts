import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ContainerRecord } from '../../contract/container-record.ts';
import { CgroupTree } from './cgroup-tree.ts';
import { ContainerWatch } from './container-watch.ts';
import { hostContainers } from './host-containers.ts';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});
const id = '9f'.repeat(32);

/** A host made of files: cgroup file systems, /proc, and what runtimes keep. */
function host(version: 'v1' | 'v2' | 'hybrid') {
  const root = mkdtempSync(join(tmpdir(), 'disprotrack-host-'));
  roots.push(root);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const mounts = { v1: ['cgroup/pids'], v2: ['cgroup'], hybrid: ['cgroup/unified', 'cgroup/pids'] }[version];
  for (const mount of mounts) write(`${mount}/cgroup.procs`, '');
  if (version === 'v2') write('cgroup/cgroup.controllers', 'pids\n');
  const samples: ContainerRecord[] = [];
  const watch = (): ContainerWatch =>
    new ContainerWatch({
      proc: join(root, 'proc'),
      tree: new CgroupTree(join(root, 'cgroup')),
      folders: {
        docker: [join(root, 'docker')],
        containerd: [join(root, 'tasks')],
        runc: [join(root, 'runc')],
      },
      onSample: (sample) => samples.push(sample),
    });
  return {
    root,
    write,
    samples,
    watch,
    cgroup(path: string, ...pids: number[]): number[] {
      for (const mount of mounts) write(`${mount}${path}/cgroup.procs`, pids.join('\n'));
      return mounts.map((mount) => statSync(join(root, mount, path)).ino);
    },
    process(pid: number, cgroup: string, namespacePid: number): void {
      const line = version === 'v1' ? `4:pids:${cgroup}\n` : `0::${cgroup}\n`;
      write(`proc/${pid}/cgroup`, line);
      write(`proc/${pid}/status`, `Name:\tapp\nNSpid:\t${pid}\t${namespacePid}\n`);
    },
  };
}

const dockerConfig = JSON.stringify({
  Name: '/cart-1',
  State: { Pid: 40 },
  Config: { Image: 'shop:3', Labels: { 'com.docker.compose.service': 'cart', other: 'x' } },
});

test.each(['v1', 'v2', 'hybrid'] as const)(
  'a Docker container by the cgroup that a record names: %s',
  (version) => {
    const { write, samples, watch, cgroup, process } = host(version);
    const inodes = cgroup(`/docker/${id}`, 40, 41);
    process(40, `/docker/${id}`, 1);
    process(41, `/docker/${id}`, 7);
    write(`docker/containers/${id}/config.v2.json`, dockerConfig);
    write(
      'proc/40/net/fib_trie',
      '  |-- 10.1.2.3\n     /32 host LOCAL\n  |-- 127.0.0.1\n     /32 host LOCAL\n',
    );
    write('proc/40/net/if_inet6', 'fd000000000000000000000000000012 02 40 00 80 eth0\n');
    const it = watch();
    it.seen([inodes[0]!, 0], `/docker/${id}`, 41);
    it.seen([inodes[0]!, 0], `/docker/${id}`, 41);
    expect(samples).toHaveLength(1);
    expect(samples[0]).toMatchObject({
      kind: 'container',
      container: 'cart-1',
      id,
      image: 'shop:3',
      labels: { service: 'cart', runtime: 'docker' },
      initPid: 40,
      addresses: ['10.1.2.3', 'fd00::12'],
      pids: [
        [40, 1, 'app'],
        [41, 7, 'app'],
      ],
    });
    expect(samples[0]!.cgroups!.toSorted()).toEqual(inodes.toSorted());
    expect(it.nameOf(id)).toBe('cart-1');
  },
);

test('a pod’s container by the annotations of CRI', () => {
  const { write, samples, watch, cgroup } = host('v2');
  const uid = '01234567-89ab-cdef-0123-456789abcdef';
  const path = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
  cgroup(path, 50);
  const annotations = {
    'io.kubernetes.cri.container-name': 'api',
    'io.kubernetes.cri.image-name': 'registry/api:1',
    'io.kubernetes.cri.sandbox-name': 'api-7c9',
    'io.kubernetes.cri.sandbox-namespace': 'prod',
  };
  write(`tasks/k8s.io/${id}/config.json`, JSON.stringify({ annotations }));
  write(`tasks/k8s.io/${id}/init.pid`, '50');
  watch().scan();
  expect(samples).toHaveLength(1);
  expect(samples[0]).toMatchObject({
    container: 'api',
    image: 'registry/api:1',
    labels: { pod: 'api-7c9', namespace: 'prod', podUid: uid, runtime: 'containerd' },
    initPid: 50,
  });
});

test('a function of faasd, a container of runc, a service of systemd, and nothing for the host’s own', () => {
  const { write, samples, watch, cgroup } = host('v2');
  cgroup('/openfaas-fn/echo', 60);
  cgroup('/plainly', 61);
  write('runc/plainly/state.json', JSON.stringify({ init_process_pid: 61 }));
  cgroup('/system.slice/nginx.service', 62);
  cgroup('/user.slice/user-0.slice/session-1.scope', 63);
  watch().scan();
  expect(samples.map(({ kind, container, labels }) => [kind, container, labels]).toSorted()).toEqual([
    ['container', 'echo', { function: 'echo', namespace: 'openfaas-fn', runtime: 'containerd' }],
    ['container', 'plainly', {}],
    ['service', 'nginx.service', { service: 'nginx.service' }],
  ]);
});

test('by a process alone, for sources that name no cgroup; and what a runtime keeps may be broken or gone', () => {
  const { write, samples, watch, cgroup, process } = host('hybrid');
  cgroup(`/docker/${id}`, 70);
  process(70, `/docker/${id}`, 1);
  write(`docker/containers/${id}/config.v2.json`, '{"Name":');
  const it = watch();
  it.seenPid(70);
  it.seenPid(71);
  expect(samples).toHaveLength(1);
  expect(samples[0]).toMatchObject({ container: id, initPid: 70, pids: [[70, 1, 'app']] });
  // Its platform knows its name a moment later.
  write(`docker/containers/${id}/config.v2.json`, dockerConfig);
  it.scan();
  expect(samples.at(-1)).toMatchObject({ container: 'cart-1' });
});

test('a container whose cgroup was there before anybody was in it is told of with its first process', () => {
  const it = host('v2');
  const [inode] = it.cgroup('/shop/cart');
  const watch = it.watch();
  watch.scan();
  expect(it.samples).toEqual([]);
  it.cgroup('/shop/cart', 40);
  it.process(40, '/shop/cart', 1);
  watch.seen([inode!], '', 40);
  expect(it.samples).toMatchObject([{ container: 'cart', initPid: 40 }]);
});

test.each(['', '--data-root=/mnt/engine', '--data-root\0/mnt/engine'])(
  'a container of an engine that is in a container itself: %j',
  (option) => {
    const { root, write, samples, cgroup, process } = host('v2');
    const path = `/tenant/engine/docker/${id}`;
    const [inode] = cgroup(path, 90);
    process(90, path, 1);
    const data = option === '' ? 'var/lib/docker' : 'mnt/engine';
    write('proc/77/cmdline', `dockerd\0${option}\0`);
    write(`proc/77/root/${data}/containers/${id}/config.v2.json`, dockerConfig);
    const folders = { docker: [join(root, 'docker')] };
    const places = hostContainers({ proc: join(root, 'proc'), cgroups: join(root, 'cgroup'), folders });
    const watch = new ContainerWatch({ ...places, onSample: (sample) => samples.push(sample) });
    watch.seen([inode!], path, 90);
    // The pid that the engine has noted is of its own namespace.
    expect(samples).toMatchObject([{ container: 'cart-1', id, initPid: 90 }]);
  },
);

test('a path at the root says nothing of who is in another cgroup by the same record', () => {
  const { root, samples, watch, cgroup, process } = host('hybrid');
  const [inode] = cgroup(`/docker/${id}`, 41);
  const hostsOwn = statSync(join(root, 'cgroup/pids')).ino;
  process(40, '/', 0);
  process(41, `/docker/${id}`, 1);
  const it = watch();
  it.seen([hostsOwn], '/', 7);
  it.seen([inode!, hostsOwn], '', 40);
  it.seen([inode!, hostsOwn], '/', 40);
  expect(samples).toEqual([]);
  it.seen([inode!, hostsOwn], '/', 41);
  expect(samples).toMatchObject([{ id, initPid: 41 }]);
});
