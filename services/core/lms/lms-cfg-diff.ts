/** What differs between the LMS-CFGs of two builds of a program. Addresses and ids differ always, and don't count. */
import type { LmsCfg, LmsNode } from './lms-cfg.ts';

export interface DiffEntry {
  readonly text: string;
  readonly function: string | undefined;
}

export interface LmsCfgDiff {
  readonly added: readonly DiffEntry[];
  readonly removed: readonly DiffEntry[];
  /** In both, with another regex, other loop marks, or at another number of places. */
  readonly changed: readonly (DiffEntry & { readonly what: readonly string[] })[];
  /** Pairs of strings (with their functions) that can follow each other. */
  readonly edges: {
    readonly before: number;
    readonly after: number;
    readonly added: number;
    readonly removed: number;
  };
  readonly isSame: boolean;
}

export function diffLmsCfg(before: LmsCfg, after: LmsCfg): LmsCfgDiff {
  const old = byKey(before);
  const young = byKey(after);
  const changed = [...young].flatMap(([key, nodes]) => {
    const what = changes(old.get(key), nodes);
    return what.length === 0 ? [] : [{ ...entry(nodes), what }];
  });
  const added = [...young].filter(([key]) => !old.has(key)).map(([, nodes]) => entry(nodes));
  const removed = [...old].filter(([key]) => !young.has(key)).map(([, nodes]) => entry(nodes));
  const edges = diffEdges(before, after);
  const isSame = added.length + removed.length + changed.length + edges.added + edges.removed === 0;
  return { added: sorted(added), removed: sorted(removed), changed: sorted(changed), edges, isSame };
}

function keyOf({ text, function: within }: DiffEntry): string {
  return `${within ?? ''}\n${text}`;
}

function byKey({ nodes }: LmsCfg): Map<string, LmsNode[]> {
  const map = new Map<string, LmsNode[]>();
  for (const node of nodes) {
    const list = map.get(keyOf(node));
    if (list === undefined) map.set(keyOf(node), [node]);
    else list.push(node);
  }
  return map;
}

function entry([node]: readonly LmsNode[]): DiffEntry {
  return { text: node!.text, function: node!.function };
}

function changes(old: readonly LmsNode[] | undefined, young: readonly LmsNode[]): string[] {
  if (old === undefined) return [];
  const facts: [string, (node: LmsNode) => unknown][] = [
    ['regex', (node) => node.regex],
    ['loop start', (node) => node.loopStart],
    ['loop end', (node) => [node.loopEnd, ...node.endSyscalls]],
  ];
  const places = old.length === young.length ? [] : ['number of places'];
  const all = (nodes: readonly LmsNode[], fact: (node: LmsNode) => unknown): string =>
    [...new Set(nodes.map((node) => JSON.stringify(fact(node))))].sort().join();
  return [
    ...places,
    ...facts.filter(([, fact]) => all(old, fact) !== all(young, fact)).map(([name]) => name),
  ];
}

function diffEdges(before: LmsCfg, after: LmsCfg): LmsCfgDiff['edges'] {
  const numbers = new Map<string, number>();
  for (const node of [...before.nodes, ...after.nodes])
    if (!numbers.has(keyOf(node))) numbers.set(keyOf(node), numbers.size);
  const pairs = (cfg: LmsCfg): Set<number> => {
    const numberOf = cfg.nodes.map((node) => numbers.get(keyOf(node))!);
    const set = new Set<number>();
    for (const { id } of cfg.nodes)
      for (const to of cfg.successors(id)) set.add(numberOf[id]! * numbers.size + numberOf[to]!);
    return set;
  };
  const old = pairs(before);
  const young = pairs(after);
  const kept = [...young].filter((pair) => old.has(pair)).length;
  return { before: old.size, after: young.size, added: young.size - kept, removed: old.size - kept };
}

function sorted<T extends DiffEntry>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}
