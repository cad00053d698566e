/**
 * Finds which templates are of one statement, where no profile says so: templates of one shape are, and shapes that
 * differ in one word that takes many values. A template stays what it is for ever, and so does its id; a group is
 * named after the first template in it, so that one that grows, or becomes part of an older one, leaves all ids valid.
 * It must see templates in the order of the lines; what else is seen between them changes nothing.
 */

import { LearnedMatcher, type LearnedStatement, learnedLmsCfg } from './learned-matcher.ts';
import type { LmsCfg } from './lms-cfg.ts';
import { inCommon, type ShapeVariant, textAt, variants } from './shape-variant.ts';
import { shapeOf } from './template-shape.ts';
import { areValues } from './value-words.ts';

/** Templates that are remembered; one that comes later, or is longer, is of a statement that is known, or its own. */
export const templates_count_max = 16_384;
const template_length_max = 4_096;
/** Of all shapes, some 60 bytes each; what comes later is told by its shape alone. */
const variants_count_max = 1 << 20;
/** So many that are alike but for one place, and yet of statements of their own: any further ones are, too. */
const alike_groups_max = 64;

interface Group {
  /** Its place among the groups, and the one that it became part of. */
  readonly id: number;
  parent: number;
  readonly founder: string;
  words: readonly string[];
}

interface Alike {
  groups: number[];
  /** What stands there is known to be a value: one of the groups is enough. */
  isValue: boolean;
}

export class TemplateMiner {
  readonly #groups: Group[] = [];
  readonly #byTemplate = new Map<string, number>();
  readonly #byShape = new Map<string, number>();
  /** Hash of a shape without what stands in a place → groups that have something of their own there, or the only one. */
  readonly #without = new Map<number, number | Alike>();
  readonly #matcher = new LearnedMatcher();
  readonly #onJoin: (founder: string) => void;

  /** `onJoin` is told what a group was named after that became part of an older one. */
  constructor(onJoin: (founder: string) => void = () => {}) {
    this.#onJoin = onJoin;
  }

  get size(): number {
    return this.#byTemplate.size;
  }

  has(template: string): boolean {
    return this.#byTemplate.has(template);
  }

  /** Takes in a template, and gives the one that its group is named after. */
  add(template: string): string {
    const known = this.#byTemplate.get(template);
    if (known !== undefined) return this.#root(known).founder;
    if (this.#byTemplate.size >= templates_count_max || template.length > template_length_max)
      return this.groupOf(template);
    const words = shapeOf(template);
    const key = words.join(' ');
    const group = this.#byShape.get(key) ?? this.#matched(template, key) ?? this.#found(template, words, key);
    this.#byTemplate.set(template, group);
    return this.#root(group).founder;
  }

  /** The same without taking it in: a template that was never added, and is of no statement that is known, is its own. */
  groupOf(template: string): string {
    const known = this.#byTemplate.get(template) ?? this.#matcher.groupOf(template);
    return known === undefined ? template : this.#root(known).founder;
  }

  /** What was taken in, in order: a miner that takes in the same is the same. */
  templates(): Iterable<string> {
    return this.#byTemplate.keys();
  }

  /** The groups as log message strings, for the matcher. */
  toLmsCfg(program: string): LmsCfg {
    return learnedLmsCfg(program, this.#statements());
  }

  #statements(): LearnedStatement[] {
    return this.#groups.filter(({ id, parent }) => id === parent);
  }

  #matched(template: string, key: string): number | undefined {
    const group = this.#matcher.groupOf(template);
    if (group !== undefined) this.#byShape.set(key, group);
    return group;
  }

  #found(template: string, words: readonly string[], key: string): number {
    const id = this.#groups.length;
    this.#groups.push({ id, parent: id, founder: template, words });
    this.#byShape.set(key, id);
    this.#compare(id, words);
    this.#matcher.grew(this.#groups.length, () => this.#statements());
    return id;
  }

  /** Joins the groups that differ from `words` in one place, where what stands there is a value, or in names alone. */
  #compare(id: number, words: readonly string[]): void {
    for (const variant of variants(words)) {
      const hash = hashOf(variant.key);
      const known = this.#without.get(hash);
      if (known === undefined && this.#without.size >= variants_count_max) continue;
      const groups =
        known === undefined ? [id] : typeof known === 'number' ? [known, id] : [...known.groups, id];
      if (groups.length > alike_groups_max) continue;
      const isValue = (typeof known === 'object' && known.isValue) || this.#isValue(groups, variant);
      if (isValue) this.#join(groups, variant.generalised);
      this.#without.set(
        hash,
        known === undefined ? id : { groups: isValue ? groups.slice(0, 1) : groups, isValue },
      );
    }
  }

  #isValue(groups: readonly number[], { at, after, place }: ShapeVariant): boolean {
    if (groups.length < 2) return false;
    if (place === undefined) return true;
    const texts = groups.map((group) => textAt(this.#groups[group]!.words, at, after));
    return areValues(texts, place);
  }

  #join(ids: readonly number[], words: readonly string[]): void {
    const roots = [...new Set(ids.map((id) => this.#root(id)))].sort((a, b) => a.id - b.id);
    const [oldest, ...rest] = roots;
    if (rest.length === 0) return;
    for (const root of rest) {
      root.parent = oldest!.id;
      this.#onJoin(root.founder);
    }
    const all = [oldest!, ...rest].map((root) => root.words);
    oldest!.words = all.reduce(inCommon);
    const key = words.join(' ');
    if (this.#byShape.has(key)) return;
    // What has a value there belongs to it, and may be alike to others in a second word.
    this.#byShape.set(key, oldest!.id);
    const id = this.#groups.length;
    this.#groups.push({ id, parent: oldest!.id, founder: oldest!.founder, words });
    this.#compare(id, words);
  }

  #root(id: number): Group {
    let group = this.#groups[id]!;
    while (group.parent !== group.id) group = this.#groups[group.parent]!;
    return group;
  }
}

/** 53 bits, so that two of some hundred thousand texts hardly ever have the same. */
function hashOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x9e3779b1];
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(at), 0x85ebca6b);
  }
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}
