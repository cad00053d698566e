/** The LMS-CFG as the runtime walks it. How it was found (binary, source, by hand) is not its business. */

export interface LmsNode {
  readonly id: number;
  /** Hex, of the call's return address in a binary; of a source, its line and column. */
  readonly address?: string | undefined;
  /** The format string as the program has it: `AH00526: Syntax error on line %d of %s:`. */
  readonly text: string;
  /** Anchored, with one capture group for each conversion. */
  readonly regex: string;
  readonly function: string | undefined;
  /** Whether an event-handling loop's turn can begin (end) here. */
  readonly loopStart: boolean;
  readonly loopEnd: boolean;
  /** Syscalls that end the loop's turn after the last line. */
  readonly endSyscalls: readonly string[];
}

export interface LmsCfg {
  readonly program: string;
  readonly buildId: string | undefined;
  /** A node's id is its place in this list. */
  readonly nodes: readonly LmsNode[];
  /** Ids of the nodes that can follow, ascending. Found when first asked for, and kept. */
  successors(id: number): readonly number[];
  /** Ids of the nodes that the call behind this return address prints, in the program of that build. */
  nodesAt(build: string, address: number): readonly number[];
}

/**
 * Target numbers by source number: nodes first, then junctions. A node follows another where a path through
 * junctions alone leads there.
 */
export type Links = readonly (readonly number[])[];

export function createLmsCfg(cfg: Omit<LmsCfg, 'successors' | 'nodesAt'>, links: Links): LmsCfg {
  const known = new Map<number, readonly number[]>();
  let sites: ReadonlyMap<number, readonly number[]> | undefined;
  return {
    ...cfg,
    successors(id) {
      const before = known.get(id);
      if (before !== undefined) return before;
      const followers = followersOf(links, cfg.nodes.length, id);
      known.set(id, followers);
      return followers;
    },
    nodesAt(build, address) {
      if (build === '' || build !== cfg.buildId) return [];
      sites ??= sitesOf(cfg.nodes);
      return sites.get(address) ?? [];
    },
  };
}

function sitesOf(nodes: readonly LmsNode[]): Map<number, number[]> {
  const sites = new Map<number, number[]>();
  for (const { id, address } of nodes) {
    if (address === undefined || !address.startsWith('0x')) continue;
    const at = Number(address);
    const others = sites.get(at);
    if (others === undefined) sites.set(at, [id]);
    else others.push(id);
  }
  return sites;
}

/** Nodes that can follow node `id` of the first `nodeCount` numbers, ascending. */
export function followersOf(links: Links, nodeCount: number, id: number): number[] {
  const found = new Set<number>();
  const passed = new Set<number>();
  const queue: number[] = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const next of links[at] ?? []) {
      if (next < nodeCount) found.add(next);
      else if (!passed.has(next)) {
        passed.add(next);
        queue.push(next);
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}
