/**
 * Conditions that only ask how much is to be logged. The LMS-CFG is that of a program that logs all it can: where a
 * condition looks at a variable that mostly guards log lines, the way past the line is left out. A lower level drops
 * lines of it, which whoever walks it must expect. It must not know instructions or texts.
 */
import type { LogBlock } from '../lms-cfg/log-program.ts';

const guards_min = 4;
const guarding_share_min = 0.6;

export interface GuardedFunction<B extends LogBlock = LogBlock> {
  readonly blocks: readonly B[];
  /** By block: what its condition looks at. */
  readonly conditions: ReadonlyMap<number, string>;
}

/** What conditions look at that mostly guard log lines, over the whole program. */
export function verbosityOf(functions: Iterable<GuardedFunction>): Set<string> {
  const seen = new Map<string, { all: number; guarding: number }>();
  for (const { blocks, conditions } of functions) {
    if (conditions.size === 0) continue;
    const entered = entriesOf(blocks);
    for (const [block, key] of conditions) {
      const successors = blocks[block]?.successors ?? [];
      if (successors.length !== 2) continue;
      const count = seen.get(key) ?? { all: 0, guarding: 0 };
      count.all++;
      if (loggingSide(blocks, entered, block) !== undefined) count.guarding++;
      seen.set(key, count);
    }
  }
  const verbosity = new Set<string>();
  for (const [key, { all, guarding }] of seen) {
    if (guarding >= guards_min && guarding >= all * guarding_share_min) verbosity.add(key);
  }
  return verbosity;
}

/** The blocks with every such condition taken as met. */
export function withAllLogged<B extends LogBlock>(
  { blocks, conditions }: GuardedFunction<B>,
  verbosity: ReadonlySet<string>,
): readonly B[] {
  if (![...conditions.values()].some((key) => verbosity.has(key))) return blocks;
  const entered = entriesOf(blocks);
  return blocks.map((block, at) => {
    const key = conditions.get(at);
    if (key === undefined || !verbosity.has(key) || block.successors.length !== 2) return block;
    const side = loggingSide(blocks, entered, at);
    return side === undefined ? block : { ...block, successors: [side] };
  });
}

function entriesOf(blocks: readonly LogBlock[]): Uint32Array {
  const entered = new Uint32Array(blocks.length);
  for (let at = 0; at < blocks.length; at++) for (const next of blocks[at]!.successors) entered[next]!++;
  return entered;
}

/** The successor that logs at once and is there for this condition, if only one of the two does. */
function loggingSide(blocks: readonly LogBlock[], entered: Uint32Array, at: number): number | undefined {
  const sides = blocks[at]!.successors.filter(
    (next) => entered[next] === 1 && logsAtOnce(blocks, entered, next),
  );
  return sides.length === 1 ? sides[0] : undefined;
}

function logsAtOnce(blocks: readonly LogBlock[], entered: Uint32Array, from: number): boolean {
  let at = from;
  for (let steps = 0; steps < steps_max; steps++) {
    const { events, successors } = blocks[at]!;
    if (events.some((event) => event.kind === 'log')) return true;
    if (successors.length !== 1 || entered[successors[0]!] !== 1) return false;
    at = successors[0]!;
  }
  return false;
}

const steps_max = 3;
