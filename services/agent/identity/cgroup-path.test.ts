import { expect, test } from 'vitest';
import { cgroupOwner } from './cgroup-path.ts';

const id = '9f'.repeat(32);
const inner = 'ab'.repeat(32);
const uid = '01234567-89ab-cdef-0123-456789abcdef';

test.each([
  [`/docker/${id}`, { id, runtime: 'docker' }],
  [`/docker/${id}/init.scope`, { id, runtime: 'docker' }],
  [`/docker/${id}/docker/${inner}`, { id: inner, runtime: 'docker' }],
  [`/system.slice/docker-${id}.scope`, { id, runtime: 'docker' }],
  ['/openfaas-fn/echo', { id: 'echo', runtime: 'containerd', namespace: 'openfaas-fn' }],
  [`/k8s.io/${id}`, { id, runtime: 'containerd', namespace: 'k8s.io' }],
  [`/kubepods/burstable/pod${uid}/${id}`, { id, runtime: 'containerd', pod: uid }],
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
    { id, runtime: 'containerd', pod: uid },
  ],
  [
    `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/crio-${id}.scope`,
    { id, runtime: 'cri-o', pod: uid },
  ],
  [
    `/system.slice/containerd.service/kubepods-pod${uid}.slice:cri-containerd:${id}`,
    { id, runtime: 'containerd' },
  ],
  [`/machine.slice/libpod-${id}.scope/container`, { id, runtime: 'podman' }],
  ['/mycontainer', { id: 'mycontainer', runtime: 'unknown' }],
])('a container: %s', (path, expected) => {
  expect(cgroupOwner(path)).toEqual({ kind: 'container', ...expected });
});

test.each([
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
  ['/user.slice/user-0.slice/user@0.service/app.slice/dbus.service', 'dbus.service'],
])('a service: %s', (path, name) => {
  expect(cgroupOwner(path)).toEqual({ kind: 'service', id: name, runtime: 'systemd' });
});

test.each(['/', '', '/user.slice/user-0.slice/session-1.scope', '/init.scope', '/kubepods/besteffort'])(
  'of the host: %s',
  (path) => {
    expect(cgroupOwner(path)).toBeUndefined();
  },
);
