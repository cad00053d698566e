/** What an agent writes of a container that it sees: one JSON object a line, or a record. */
import { z } from 'zod';
import type { ContainerSample } from '../core/upg/container-identity.ts';
import { parseTime } from './time-text.ts';

export const ContainerRecord = z.object({
  time: z.string(),
  /** A service of systemd has processes in namespaces of the host: only its cgroups tell them. */
  kind: z.enum(['container', 'service']).default('container'),
  container: z.string().min(1),
  id: z.string().optional(),
  image: z.string().optional(),
  /** What runs in it, where its platform says: function, pod or service, with their namespaces. */
  labels: z.record(z.string(), z.string()).optional(),
  initPid: z.number().int().positive(),
  addresses: z.array(z.string()).default([]),
  cgroup: z.string().optional(),
  /** Inodes of its cgroups, as records name them. */
  cgroups: z.array(z.number().int().positive()).optional(),
  pids: z.array(z.tuple([z.number().int(), z.number().int(), z.string()])).default([]),
});
export type ContainerRecord = z.input<typeof ContainerRecord>;

/** The sample in a line or record of JSON. */
export function containerSample(
  text: string,
  host: string,
): { value: ContainerSample } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return { problem: `no JSON: ${(cause as Error).message}` };
  }
  const parsed = ContainerRecord.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return { problem: `${issue.path.join('.')}: ${issue.message}` };
  }
  const time = parseTime(parsed.data.time);
  if (time === undefined) return { problem: 'time is not RFC 3339' };
  const { kind: of, container, image, labels, initPid, addresses, cgroups = [], pids } = parsed.data;
  return {
    value: { kind: 'container', of, host, time, container, image, labels, initPid, addresses, cgroups, pids },
  };
}
