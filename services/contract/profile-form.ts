/**
 * A profile in its forms: the file's text, the links as they are packed in it, the LMS-CFG that it is. Apart from the
 * schema, which takes an analysis longer to load, and more memory, than a small program takes it.
 */
import { createLmsCfg, type Links, type LmsCfg } from '../core/lms/lms-cfg.ts';
import type { LmsCfgProfile } from './lms-cfg-profile.ts';

export function toLmsCfg(profile: LmsCfgProfile): LmsCfg {
  const { program, buildId } = profile;
  const nodes = profile.nodes.map((n) => ({ ...n, function: n.function }));
  return createLmsCfg({ program, buildId, nodes }, profileLinks(profile));
}

export function profileLinks(profile: Pick<LmsCfgProfile, 'links' | 'edges' | 'nodes'>): Links {
  if (profile.links !== undefined) return profile.links.map(summed);
  const links: number[][] = profile.nodes.map(() => []);
  for (const [from, to] of profile.edges ?? []) links[from]!.push(to);
  return links;
}

/** The form that a profile keeps links in. Every list must ascend. */
export function packedLinks(links: Links): number[][] {
  return links.map((targets) => targets.map((target, at) => (at === 0 ? target : target - targets[at - 1]!)));
}

/** The file: one line for each node, and for each source of links, without what is default. */
export function profileText(profile: LmsCfgProfile): string {
  const { nodes, links, edges, ...head } = profile;
  const lines = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const list = (key: string, items: readonly unknown[]): string =>
    `${JSON.stringify(key)}:[${items.map((item) => `\n${JSON.stringify(item)}`).join(',')}]`;
  lines.push(list('nodes', nodes.map(withoutDefaults)));
  if (links !== undefined) lines.push(list('links', links));
  if (edges !== undefined) lines.push(list('edges', edges));
  return `{\n${lines.join(',\n')}\n}\n`;
}

function withoutDefaults({ loopStart, loopEnd, endSyscalls, ...node }: LmsCfgProfile['nodes'][number]) {
  return {
    ...node,
    ...(loopStart ? { loopStart } : {}),
    ...(loopEnd ? { loopEnd } : {}),
    ...(endSyscalls.length > 0 ? { endSyscalls } : {}),
  };
}

function summed(gaps: readonly number[]): number[] {
  let sum = 0;
  return gaps.map((gap) => {
    sum += gap;
    return sum;
  });
}
