/**
 * What runtimes keep on disk of a container: name, image, labels, first process. Docker's config.v2.json, the OCI
 * bundle of containerd (which CRI annotates), runc's state. It must not know cgroups or records.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CgroupOwner } from './cgroup-path.ts';

export interface ContainerDetail {
  readonly name: string;
  readonly image?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly initPid?: number | undefined;
}

export interface RuntimeFolders {
  /** Docker's data roots. */
  readonly docker: readonly string[];
  /** The same of engines that run now, where those know nothing; their pids may be of another namespace. */
  readonly engines?: () => readonly string[];
  /** Containerd's task folders, and runc's roots. */
  readonly containerd: readonly string[];
  readonly runc: readonly string[];
}

export const usualFolders: RuntimeFolders = {
  docker: ['/var/lib/docker'],
  containerd: [
    '/run/containerd/io.containerd.runtime.v2.task',
    '/run/k3s/containerd/io.containerd.runtime.v2.task',
  ],
  runc: ['/run/runc', '/run/runc-root'],
};

const namespaces = ['default', 'k8s.io', 'moby', 'openfaas-fn', 'openfaas'];
const label_length_max = 256;
const labels_max = 64;

/** What can be had; at least the id for a name. */
export function containerDetail(owner: CgroupOwner, folders: RuntimeFolders): ContainerDetail {
  return (
    fromDocker(owner, folders.docker) ??
    fromEngines(owner, folders) ??
    fromBundle(owner, folders.containerd) ??
    fromRunc(owner, folders.runc) ?? { name: owner.id, labels: platformLabels(owner, {}) }
  );
}

function fromDocker(owner: CgroupOwner, roots: readonly string[]): ContainerDetail | undefined {
  for (const root of roots) {
    const json = readJson(join(root, 'containers', owner.id, 'config.v2.json'));
    if (json === undefined) continue;
    const config = object(json.Config);
    const pid = object(json.State).Pid;
    return {
      name: text(json.Name)?.replace(/^\//, '') || owner.id,
      image: text(config.Image),
      labels: platformLabels(owner, texts(config.Labels)),
      initPid: typeof pid === 'number' && pid > 0 ? pid : undefined,
    };
  }
  return undefined;
}

function fromEngines(owner: CgroupOwner, { engines }: RuntimeFolders): ContainerDetail | undefined {
  if (owner.runtime !== 'docker' || engines === undefined) return undefined;
  const detail = fromDocker(owner, engines());
  return detail === undefined ? undefined : { ...detail, initPid: undefined };
}

function fromBundle(owner: CgroupOwner, roots: readonly string[]): ContainerDetail | undefined {
  const searched = owner.namespace === undefined ? namespaces : [owner.namespace];
  for (const root of roots) {
    for (const namespace of searched) {
      const folder = join(root, namespace, owner.id);
      const json = readJson(join(folder, 'config.json'));
      if (json === undefined) continue;
      const annotations = texts(json.annotations);
      return {
        name: annotations['io.kubernetes.cri.container-name'] ?? owner.id,
        image: annotations['io.kubernetes.cri.image-name'],
        labels: platformLabels({ ...owner, namespace }, annotations),
        initPid: pidIn(join(folder, 'init.pid')),
      };
    }
  }
  return undefined;
}

function fromRunc(owner: CgroupOwner, roots: readonly string[]): ContainerDetail | undefined {
  for (const root of roots) {
    const json = readJson(join(root, owner.id, 'state.json'));
    if (json === undefined) continue;
    const pid = json.init_process_pid;
    return {
      name: owner.id,
      labels: platformLabels(owner, {}),
      initPid: typeof pid === 'number' && pid > 0 ? pid : undefined,
    };
  }
  return undefined;
}

/** Platforms' own labels under short names, so that a question needs to know one: function, pod, service, namespace. */
function platformLabels(owner: CgroupOwner, given: Readonly<Record<string, string>>): Record<string, string> {
  const isFunction = owner.namespace === 'openfaas-fn';
  const short = {
    function: given['com.openfaas.function'] ?? given.faas_function ?? (isFunction ? owner.id : undefined),
    service: given['com.docker.compose.service'] ?? given['com.docker.swarm.service.name'],
    project: given['com.docker.compose.project'],
    pod: given['io.kubernetes.pod.name'] ?? given['io.kubernetes.cri.sandbox-name'],
    podUid: owner.pod ?? given['io.kubernetes.cri.sandbox-uid'],
    namespace:
      given['io.kubernetes.pod.namespace'] ?? given['io.kubernetes.cri.sandbox-namespace'] ?? owner.namespace,
    runtime: owner.runtime === 'unknown' ? undefined : owner.runtime,
  };
  const known = Object.entries(short).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, value.slice(0, label_length_max)]));
}

/** Folders of a container are its own to fill: a pipe there would be waited at for ever. */
function readJson(file: string): Record<string, unknown> | undefined {
  try {
    if (!statSync(file).isFile()) return undefined;
    return object(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function pidIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries.slice(0, labels_max * 4));
}
