/**
 * Which capture sources this machine has, what keeps the others from it, and the command that mends it. The native
 * helper tries them; what it can't say because it is missing, the kernel's own files do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { findHelper } from '../../agent/capture/find-helper.ts';
import { recordSource, type SourceName } from '../../core/record/record-kind.ts';
import type { Finding } from './finding.ts';

const Verdict = z.object({
  ok: z.boolean(),
  code: z.string().default(''),
  text: z.string().default(''),
  hint: z.string().default(''),
  /** Of audit: the process that reads it now. */
  owner: z.number().default(0),
  owner_name: z.string().default(''),
  /** Of eBPF: it can tell who called for log writes. */
  stacks: z.boolean().optional(),
});

const Probe = z.object({
  sources: z.partialRecord(z.enum(Object.keys(recordSource) as [SourceName, ...SourceName[]]), Verdict),
  btf: z.boolean(),
  kernel: z.string(),
  lockdown: z.string(),
  io_uring_disabled: z.string(),
  missing_capabilities: z.array(z.string()),
  cgroup_v2: z.string(),
  cgroup_v1_pids: z.string(),
});
export type Probe = z.input<typeof Probe>;

const probe_ms_max = 20_000;

export function captureChecks(): Finding[] {
  const helper = findHelper();
  if (helper === undefined) {
    const btf = existsSync('/sys/kernel/btf/vmlinux')
      ? 'this kernel has the types that eBPF needs'
      : 'no BTF';
    return [
      {
        state: 'optional',
        name: 'capture helper',
        text: `not built, so that sources can't be tried; ${btf}${lockdownRemark(readLine('/sys/kernel/security/lockdown'))}`,
        fix: 'kernel-module/build.sh',
      },
      ...cgroupFinding(mounted('cgroup2'), mounted('cgroup')),
    ];
  }
  const asked = spawnSync(helper, ['probe'], { encoding: 'utf8', timeout: probe_ms_max });
  const parsed = Probe.safeParse(jsonOf(asked.stdout));
  if (parsed.success) return captureFindings(parsed.data);
  if ((asked.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
    const text = `${helper} gave no answer within ${probe_ms_max / 1_000} s: this machine is very busy`;
    return [{ state: 'optional', name: 'capture helper', text, fix: 'disprotrack doctor' }];
  }
  const why = asked.stderr?.trim() || asked.error?.message || 'its answer is not understood';
  return [
    { state: 'broken', name: 'capture helper', text: `${helper}: ${why}`, fix: 'kernel-module/build.sh' },
  ];
}

/** `given` is what `disprotrack-capture probe` prints. */
export function captureFindings(given: Probe): Finding[] {
  const probe = Probe.parse(given);
  return [
    ...(Object.keys(recordSource) as SourceName[]).map((source) => sourceFinding(source, probe)),
    ...cgroupFinding(probe.cgroup_v2, probe.cgroup_v1_pids),
    ioUringFinding(probe.io_uring_disabled),
  ];
}

function sourceFinding(source: SourceName, probe: z.output<typeof Probe>): Finding {
  const name = `source ${source}`;
  const verdict = probe.sources[source];
  if (verdict === undefined) return { state: 'optional', name, text: 'the helper does not know it' };
  if (verdict.ok && source === 'audit' && verdict.owner !== 0) {
    const text = `read by ${verdict.owner_name || 'another program'} (pid ${verdict.owner}) already, and only one can`;
    return {
      state: 'optional',
      name,
      text: `${text}; its file can be followed: source audit-file`,
      fix: stopOwner(verdict.owner_name),
    };
  }
  const remark =
    verdict.stacks === false
      ? ', but does not tell who called for log writes: from Linux 5.17 on, on x86-64'
      : '';
  if (verdict.ok) return { state: 'fine', name, text: `works on ${probe.kernel}${remark}` };
  const text = `${verdict.text || 'does not work'}${source === 'audit' ? '' : lockdownRemark(probe.lockdown)}`;
  const fix = fixOf(source, verdict.code, probe);
  return fix === undefined ? { state: 'optional', name, text } : { state: 'optional', name, text, fix };
}

function fixOf(source: SourceName, code: string, { btf, missing_capabilities }: z.output<typeof Probe>) {
  if (code === 'not-permitted' || (code !== 'no-modules' && missing_capabilities.includes('CAP_BPF'))) {
    return 'sudo disprotrack doctor';
  }
  if (code === 'no-modules') return undefined;
  if (source === 'kernel-module') return 'dkms install kernel-module/lkm && modprobe disprotrack';
  if (source === 'ebpf' && !btf) return 'apt-get install linux-image-amd64 && reboot';
  if (code === 'audit-locked') return 'reboot';
  return undefined;
}

function stopOwner(name: string): string {
  return name === 'auditd'
    ? 'systemctl stop auditd'
    : 'DISPROTRACK_AGENT_SOURCE=audit-file disprotrack agent';
}

/** Confidentiality keeps eBPF from reading the kernel, either keeps unsigned modules out. */
function lockdownRemark(lockdown: string): string {
  const level = /\[(\w+)\]/.exec(lockdown)?.[1];
  if (level === undefined || level === 'none') return '';
  return `; the kernel is locked down (${level}), which only a boot without it or without Secure Boot changes`;
}

function cgroupFinding(v2: string, v1: string): Finding[] {
  const name = 'cgroups';
  if (v2 === '' && v1 === '') {
    const text = 'not mounted: processes can not be told to be of containers';
    return [{ state: 'broken', name, text, fix: 'mount -t cgroup2 none /sys/fs/cgroup' }];
  }
  const kind = v2 !== '' && v1 !== '' ? 'hybrid' : v2 !== '' ? 'version 2' : 'version 1';
  return [{ state: 'fine', name, text: `${kind}, at ${[v2, v1].filter((at) => at !== '').join(' and ')}` }];
}

function ioUringFinding(disabled: string): Finding {
  const name = 'io_uring';
  if (disabled === '2') return { state: 'fine', name, text: 'nobody may use it' };
  const text =
    'processes may use it, and what they do there makes no calls that a source sees; they are marked';
  return { state: 'optional', name, text, fix: 'sysctl -w kernel.io_uring_disabled=2' };
}

function mounted(type: string): string {
  const line = readLines('/proc/self/mounts').find((l) => {
    const [, , kind, options = ''] = l.split(' ');
    return kind === type && (type === 'cgroup2' || options.split(',').includes('pids'));
  });
  return line?.split(' ')[1] ?? '';
}

function readLine(file: string): string {
  return readLines(file)[0] ?? '';
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
