/**
 * Conditions that only ask how much is to be logged. The LMS-CFG is that of a program that logs all it can: where a
 * condition looks at a variable that mostly guards log lines, the way past the line is left out. A lower level drops
 * lines of it, which whoever walks it must expect. It must not know instructions or texts.
 */
import type { LogBlock } from '../lms-cfg/log-program.ts';
import type { ConditionRecord } from '../value/function-record.ts';

const guards_min = 4;
const guarding_share_min = 0.6;
/** Of a variable that says nothing else: all its conditions then go the way of the lines. */
const only_guarding_share_min = 0.75;
const other_way_share_max = 0.05;

export interface GuardedFunction<B extends LogBlock = LogBlock> {
  readonly blocks: readonly B[];
  /** By block. */
  readonly conditions: ReadonlyMap<number, ConditionRecord>;
}

/** By what says how much is logged: whether the lines are where more of it is set; undefined: that is not so plain. */
export type Verbosity = ReadonlyMap<string, boolean | undefined>;

interface Guards {
  all: number;
  guarding: number;
  /** Of those: lines where more of it is set, and where less is. */
  more: number;
  less: number;
}

/** What conditions look at that mostly guard log lines, over the whole program. */
export function verbosityOf(functions: Iterable<GuardedFunction>): Verbosity {
  const seen = new Map<string, Guards>();
  for (const { blocks, conditions } of functions) {
    if (conditions.size === 0) continue;
    const entered = entriesOf(blocks);
    for (const [block, { on, isMoreFirst }] of conditions) {
      const successors = blocks[block]?.successors ?? [];
      if (successors.length !== 2) continue;
      const guards = seen.get(on) ?? { all: 0, guarding: 0, more: 0, less: 0 };
      seen.set(on, guards);
      guards.all++;
      const side = loggingSide(blocks, entered, block);
      if (side === undefined) continue;
      guards.guarding++;
      if (isMoreFirst !== undefined) guards[(side === successors[0]) === isMoreFirst ? 'more' : 'less']++;
    }
  }
  const verbosity = new Map<string, boolean | undefined>();
  for (const [on, guards] of seen) {
    const { all, guarding } = guards;
    if (guarding >= guards_min && guarding >= all * guarding_share_min)
      verbosity.set(on, isLoggedWithMore(guards));
  }
  return verbosity;
}

function isLoggedWithMore({ all, guarding, more, less }: Guards): boolean | undefined {
  if (guarding < all * only_guarding_share_min || more + less < guards_min) return undefined;
  return Math.min(more, less) <= (more + less) * other_way_share_max ? more > less : undefined;
}

/** The blocks with every such condition taken as met. */
export function withAllLogged<B extends LogBlock>(
  { blocks, conditions }: GuardedFunction<B>,
  verbosity: Verbosity,
): readonly B[] {
  if (![...conditions.values()].some(({ on }) => verbosity.has(on))) return blocks;
  const entered = entriesOf(blocks);
  return blocks.map((block, at) => {
    const condition = conditions.get(at);
    if (condition === undefined || !verbosity.has(condition.on) || block.successors.length !== 2)
      return block;
    const side = loggingSide(blocks, entered, at) ?? verboseSide(block, condition, verbosity);
    return side === undefined ? block : { ...block, successors: [side] };
  });
}

/** Where control goes if all is to be logged, though no line stands right behind. */
function verboseSide(
  { successors }: LogBlock,
  { on, isMoreFirst }: ConditionRecord,
  verbosity: Verbosity,
): number | undefined {
  const isMore = verbosity.get(on);
  if (isMore === undefined || isMoreFirst === undefined) return undefined;
  return successors[isMore === isMoreFirst ? 0 : 1];
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
