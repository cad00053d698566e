/** A regular expression as a program of few kinds of steps, and the constants that every match holds. */
import { ascii_count, type CharSet, charSet } from './char-set.ts';
import { parseRegex, type Regex, RegexRefused } from './regex-syntax.ts';

export const op = {
  text: 0,
  /** As many characters of a set as there are, between two bounds. */
  run: 1,
  /** Goes on at the next step, or at `to`. */
  split: 2,
  jump: 3,
  save: 4,
  start: 5,
  end: 6,
  edge: 7,
  noEdge: 8,
  done: 9,
} as const;

export interface Op {
  readonly kind: number;
  readonly text: string;
  readonly set: CharSet | undefined;
  readonly min: number;
  readonly max: number;
  readonly isLazy: boolean;
  /** Of a run: any number of any character. Where it failed from one place, it fails from every later one. */
  readonly isGap: boolean;
  to: number;
  /** Number among the steps that have a choice, or of the place that is saved. */
  readonly slot: number;
  /** Of a run: how the constant begins that must follow it, and whether nothing does. */
  after: string | undefined;
  isLast: boolean;
}

export interface RegexProgram {
  readonly ops: readonly Op[];
  readonly groups: number;
  /** Steps that have a choice. */
  readonly slots: number;
  /** Whether a match begins (ends) where the text does, and may be looked for elsewhere. */
  readonly isAnchored: boolean;
  /** Constant at the very beginning (end); empty where none is. */
  readonly head: string;
  readonly tail: string;
  /** ASCII characters that a match can begin (end) with; undefined where that is not known. */
  readonly begins: Uint8Array | undefined;
  readonly ends: Uint8Array | undefined;
  /** Constants that stand in every match, in order. */
  readonly constants: readonly string[];
  /** Runs of any characters at its top level. */
  readonly gaps: number;
}

/** A long text is looked for by its beginning: looking for all of it takes its length times the message's. */
const after_length_max = 32;
const copies_max = 1_000;
/** Copies that counted repetitions become, and all else. */
const ops_count_max = 4_000;

/** Throws as `parseRegex` does, and RegexRefused where the program would be too large. */
export function regexProgram(source: string): RegexProgram {
  const { tree, groups } = parseRegex(source);
  const parts = tree.kind === 'list' ? tree.parts : [tree];
  const begins = parts[0]?.kind === 'start';
  const ends = parts.length > Number(begins) && parts.at(-1)?.kind === 'end';
  const body = parts.slice(begins ? 1 : 0, ends ? -1 : undefined);
  const compiler = new Compiler();
  if (!begins) compiler.gap(true);
  for (const part of body) compiler.add(part);
  if (!ends) compiler.gap(false);
  const flat = body.flatMap(flattened);
  const last = flat.at(-1);
  const { ops, slots } = compiler.end();
  return {
    ops,
    slots,
    begins: borders(ops),
    ends: borders([...ops].reverse()),
    groups,
    isAnchored: begins && ends,
    head: begins && flat[0]?.kind === 'text' ? flat[0].text : '',
    tail: ends && last?.kind === 'text' ? last.text : '',
    constants: flat.flatMap((part) => (part.kind === 'text' ? [part.text] : [])),
    gaps: flat.filter(isGap).length + Number(!begins) + Number(!ends),
  };
}

class Compiler {
  readonly #ops: Op[] = [];
  #slots = 0;

  add(tree: Regex): void {
    if (this.#ops.length > ops_count_max)
      throw new RegexRefused(0, `it has more than ${ops_count_max} steps`);
    switch (tree.kind) {
      case 'text':
        this.#push({ kind: op.text, text: tree.text });
        break;
      case 'set':
        this.#run(tree.set, 1, 1, false);
        break;
      case 'list':
        for (const part of tree.parts) this.add(part);
        break;
      case 'either':
        this.#either(tree.ways);
        break;
      case 'group':
        this.#group(tree);
        break;
      case 'repeat':
        this.#repeat(tree);
        break;
      default:
        this.#push({ kind: tree.kind === 'no-edge' ? op.noEdge : op[tree.kind] });
    }
  }

  gap(isLazy: boolean): void {
    this.#run(charSet('.'), 0, Number.POSITIVE_INFINITY, isLazy);
  }

  end(): Pick<RegexProgram, 'ops' | 'slots'> {
    this.#push({ kind: op.done });
    for (const [at, each] of this.#ops.entries()) {
      if (each.kind !== op.run) continue;
      let next = at + 1;
      while (this.#ops[next]!.kind === op.save) next++;
      const following = this.#ops[next]!;
      if (following.kind === op.text) each.after = following.text.slice(0, after_length_max);
      each.isLast = following.kind === op.done;
    }
    return { ops: this.#ops, slots: this.#slots };
  }

  #group({ of, number }: Extract<Regex, { kind: 'group' }>): void {
    if (number !== undefined) this.#push({ kind: op.save, slot: 2 * number });
    this.add(of);
    if (number !== undefined) this.#push({ kind: op.save, slot: 2 * number + 1 });
  }

  #either(ways: readonly Regex[]): void {
    const exits: Op[] = [];
    for (const way of ways.slice(0, -1)) {
      const split = this.#choice(false);
      this.add(way);
      exits.push(this.#push({ kind: op.jump }));
      split.to = this.#ops.length;
    }
    this.add(ways.at(-1)!);
    for (const exit of exits) exit.to = this.#ops.length;
  }

  #repeat({ of, min, max, isLazy }: Extract<Regex, { kind: 'repeat' }>): void {
    const set = setOf(of);
    if (set !== undefined) {
      this.#run(set, min, max, isLazy);
      return;
    }
    if (min > copies_max || (max > copies_max && max !== Number.POSITIVE_INFINITY))
      throw new RegexRefused(0, `a group is repeated more than ${copies_max} times`);
    for (let copy = 0; copy < min; copy++) this.add(of);
    if (max === Number.POSITIVE_INFINITY) {
      const again = this.#ops.length;
      const split = this.#choice(isLazy);
      this.add(of);
      this.#push({ kind: op.jump }).to = again;
      split.to = this.#ops.length;
      return;
    }
    const splits: Op[] = [];
    for (let copy = min; copy < max; copy++) {
      splits.push(this.#choice(isLazy));
      this.add(of);
    }
    for (const split of splits) split.to = this.#ops.length;
  }

  #run(set: CharSet, min: number, max: number, isLazy: boolean): void {
    const isGap = set.isAny && max === Number.POSITIVE_INFINITY;
    this.#push({ kind: op.run, set, min, max, isLazy, isGap, slot: this.#slots++ });
  }

  #choice(isLazy: boolean): Op {
    return this.#push({ kind: op.split, isLazy, slot: this.#slots++ });
  }

  /** All of one shape, since they are looked at many million times. */
  #push(given: Partial<Op> & { readonly kind: number }): Op {
    const { kind, text = '', set, min = 0, max = 0, isLazy = false, isGap = false, slot = 0 } = given;
    const step: Op = {
      kind,
      text,
      set,
      min,
      max,
      isLazy,
      isGap,
      to: 0,
      slot,
      after: undefined,
      isLast: false,
    };
    this.#ops.push(step);
    return step;
  }
}

/** Groups that are there in any case as what they hold; repetitions and alternatives stay whole. */
function flattened(tree: Regex): Regex[] {
  if (tree.kind === 'list') return tree.parts.flatMap(flattened);
  return tree.kind === 'group' ? flattened(tree.of) : [tree];
}

/** The ASCII characters that can come first on a way through `ops` that has no forks. */
function borders(ops: readonly Op[]): Uint8Array | undefined {
  if (ops.some(({ kind }) => kind === op.split)) return undefined;
  const found = new Uint8Array(ascii_count);
  for (const { kind, set, min, text } of ops) {
    if (kind === op.text) {
      const code = text.charCodeAt(ops[0]!.kind === op.done ? text.length - 1 : 0);
      if (code < ascii_count) found[code] = 1;
      return found;
    }
    if (kind !== op.run) continue;
    for (let code = 0; code < ascii_count; code++) found[code]! |= set!.ascii[code]!;
    if (min > 0) return found;
  }
  return undefined;
}

function isGap(tree: Regex): boolean {
  return tree.kind === 'repeat' && tree.max === Number.POSITIVE_INFINITY && setOf(tree.of)?.isAny === true;
}

function setOf(tree: Regex): CharSet | undefined {
  if (tree.kind === 'set') return tree.set;
  if (tree.kind === 'group' && tree.number === undefined) return setOf(tree.of);
  if (tree.kind !== 'text') return undefined;
  const code = tree.text.codePointAt(0)!;
  return tree.text.length === String.fromCodePoint(code).length
    ? charSet(`\\u{${code.toString(16)}}`)
    : undefined;
}
