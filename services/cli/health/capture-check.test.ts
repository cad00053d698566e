import { expect, test } from 'vitest';
import { captureFindings, type Probe } from './capture-check.ts';

const good: Probe = {
  sources: { ebpf: { ok: true }, audit: { ok: true, owner: 0 }, 'kernel-module': { ok: true } },
  btf: true,
  kernel: '6.1.0-42-amd64',
  lockdown: '[none] integrity confidentiality',
  io_uring_disabled: '2',
  missing_capabilities: [],
  cgroup_v2: '/sys/fs/cgroup',
  cgroup_v1_pids: '',
};
const found = (change: Partial<Probe>, name: string) =>
  captureFindings({ ...good, ...change }).find((finding) => finding.name === name)!;

test('all is fine where all works', () => {
  expect(captureFindings(good).map(({ state }) => state)).toEqual(['fine', 'fine', 'fine', 'fine', 'fine']);
});

test('audit that another program reads, and what can be done all the same', () => {
  const sources = { ...good.sources, audit: { ok: true, owner: 77, owner_name: 'auditd' } };
  const finding = found({ sources }, 'source audit');
  expect(finding).toMatchObject({ state: 'optional', fix: 'systemctl stop auditd' });
  expect(finding.text).toContain('auditd (pid 77)');
});

test('no BTF, no module, not root: each with its command', () => {
  const ebpf = { ok: false, code: 'no-btf', text: 'no /sys/kernel/btf/vmlinux' };
  expect(found({ sources: { ebpf }, btf: false }, 'source ebpf').fix).toContain('linux-image');
  const absent = { ok: false, code: 'not-loaded', text: 'the module is not loaded' };
  expect(found({ sources: { 'kernel-module': absent } }, 'source kernel-module').fix).toContain('modprobe');
  const denied = { ok: false, code: 'not-permitted', text: 'EPERM' };
  expect(found({ sources: { ebpf: denied } }, 'source ebpf').fix).toContain('sudo');
});

test('lockdown, no cgroups, io_uring', () => {
  const ebpf = { ok: false, code: 'load', text: 'EPERM' };
  const locked = found({ sources: { ebpf }, lockdown: 'none integrity [confidentiality]' }, 'source ebpf');
  expect(locked.text).toContain('locked down (confidentiality)');
  expect(found({ cgroup_v2: '' }, 'cgroups')).toMatchObject({
    state: 'broken',
    fix: 'mount -t cgroup2 none /sys/fs/cgroup',
  });
  expect(found({ cgroup_v1_pids: '/sys/fs/cgroup/pids' }, 'cgroups').text).toContain('hybrid');
  expect(found({ io_uring_disabled: '0' }, 'io_uring').fix).toContain('io_uring_disabled');
});
