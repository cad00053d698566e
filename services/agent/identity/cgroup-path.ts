/**
 * What a cgroup's path says of who made it: a container of some runtime, in a pod perhaps, or a service of systemd.
 * Paths alone, whatever the cgroup version. It must not know files or processes.
 */

export interface CgroupOwner {
  readonly kind: 'container' | 'service';
  /** As its runtime calls it: 64 hex digits, or with containerd and runc any name. */
  readonly id: string;
  /** `docker`, `containerd`, `cri-o`, `podman`, `systemd`, or `unknown` where the path does not say. */
  readonly runtime: string;
  /** Containerd's, where the path has one. */
  readonly namespace?: string;
  readonly pod?: string;
}

const hexId = /^[0-9a-f]{64}$/;
/** The systemd driver's scopes, such as `docker-ID.scope` and `cri-containerd-ID.scope`. */
const scopes: readonly (readonly [RegExp, string])[] = [
  [/^docker-([0-9a-f]{64})\.scope$/, 'docker'],
  [/^cri-containerd-([0-9a-f]{64})\.scope$/, 'containerd'],
  [/^crio-([0-9a-f]{64})\.scope$/, 'cri-o'],
  [/^libpod-([0-9a-f]{64})\.scope$/, 'podman'],
  [/^nerdctl-([0-9a-f]{64})\.scope$/, 'containerd'],
];
/** Containerd and runc under the systemd driver: `slice:prefix:name` as one segment. */
const colons = /^[^:]*:([^:]+):([^:]+)$/;
const pod = /^(?:kubepods.*-)?pod([0-9a-f]{8}[-_][0-9a-f-_]{27})(?:\.slice)?$/;
const unit = /^[^/]+\.(?:service|socket)$/;
const systemdName = /\.(?:slice|scope|service|socket|mount|swap|device)$/;

/** Undefined for a cgroup of the host itself. The innermost container of nested ones is meant. */
export function cgroupOwner(path: string): CgroupOwner | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const podId = segments
    .map((s) => pod.exec(s)?.[1]?.replaceAll('_', '-'))
    .findLast((id) => id !== undefined);
  const inPod = podId === undefined ? {} : { pod: podId };
  for (let i = segments.length - 1; i >= 0; i--) {
    const owner = ownerOf(segments, i, podId !== undefined);
    if (owner !== undefined) return { ...owner, ...inPod };
  }
  return named(segments) ?? serviceOf(segments);
}

function ownerOf(segments: readonly string[], i: number, isInPod: boolean): CgroupOwner | undefined {
  const segment = segments[i]!;
  const before = segments[i - 1];
  for (const [form, runtime] of scopes) {
    const id = form.exec(segment)?.[1];
    if (id !== undefined) return { kind: 'container', id, runtime };
  }
  if (hexId.test(segment)) {
    if (before === 'docker') return { kind: 'container', id: segment, runtime: 'docker' };
    if (isInPod) return { kind: 'container', id: segment, runtime: 'containerd' };
    const isNamespace = before !== undefined && !systemdName.test(before) && !hexId.test(before);
    const namespace = isNamespace ? { namespace: before } : {};
    return { kind: 'container', id: segment, runtime: isNamespace ? 'containerd' : 'unknown', ...namespace };
  }
  const colon = colons.exec(segment);
  if (colon === null) return undefined;
  const [, runtime, id] = colon as unknown as [string, string, string];
  return { kind: 'container', id, runtime: runtime === 'cri-containerd' ? 'containerd' : runtime };
}

/** `/openfaas-fn/echo` is containerd's, `/name` runc's own; whatever stands deeper was made inside of it. */
function named(segments: readonly string[]): CgroupOwner | undefined {
  const [first, second] = segments;
  if (first === undefined || systemdName.test(first) || first === 'kubepods') return undefined;
  if (second === undefined || systemdName.test(second)) {
    return { kind: 'container', id: first, runtime: 'unknown' };
  }
  return { kind: 'container', id: second, runtime: 'containerd', namespace: first };
}

function serviceOf(segments: readonly string[]): CgroupOwner | undefined {
  const name = segments.findLast((segment) => unit.test(segment));
  return name === undefined ? undefined : { kind: 'service', id: name, runtime: 'systemd' };
}
