/**
 * Runs regular expressions in time that grows with the text alone, within a number of steps: what was tried at one
 * place is not tried there again. It must not know what a match is good for.
 */
import { ascii_count, type CharSet } from './char-set.ts';
import { type Op, op, type RegexProgram } from './regex-program.ts';

export const noMatch = -1;
/** The steps were used up before there was an answer. */
export const outOfSteps = -2;

/** Steps of one run from which on it remembers what it tried; few need it. */
const forgetful_steps_max = 256;
/** A step is worth a look at 32 characters, which a machine does one after the other. */
const scan_shift = 5;
/** Within so many characters a constant is looked for one by one. */
const near_length_max = 256;
const frame = { run: 0, go: 1, undo: 2 } as const;
const frame_size = 4;
const never = 0x3fffffff;

export class RegexRun {
  /** Where each group begins and ends after a match; -1 for one that took no part. */
  saves = new Int32Array(64);
  /** That are left. */
  steps = 0;
  /** The step to take next, and where. */
  #at = 0;
  #place = 0;
  #stack = new Int32Array(256);
  #top = 0;
  /** By slot of a gap: the first place that it was tried from. Every end after that was tried, too. */
  #tried = new Int32Array(64);
  /** By slot and place: tried. */
  #visited = new Uint32Array(0);
  #remembers = false;

  /** Where a match that begins at `start` ends, which is the end of the text; of a loose one, any edge of a word. */
  run(program: RegexProgram, text: string, start: number, isLoose: boolean): number {
    if (!canBegin(program, text, start)) return noMatch;
    const { head, tail } = program;
    if (head !== '' && !text.startsWith(head, start)) return noMatch;
    if (!isLoose && tail !== '' && !text.endsWith(tail)) return noMatch;
    this.#prepare(program);
    const rememberAt = this.steps - forgetful_steps_max;
    const { ops } = program;
    this.#at = 0;
    this.#place = start;
    for (;;) {
      if (--this.steps < rememberAt && !this.#remembers) this.#remember(program, text);
      if (this.steps < 0) return outOfSteps;
      const step = ops[this.#at]!;
      if (step.kind === op.done) {
        if (this.#place === text.length || (isLoose && isEdge(text, this.#place))) return this.#place;
        if (!this.#back(ops, text)) return noMatch;
      } else if (!this.#go(step, text, isLoose) && !this.#back(ops, text)) return noMatch;
    }
  }

  /** Takes one step; false where it can't be taken. */
  #go(step: Op, text: string, isLoose: boolean): boolean {
    const place = this.#place;
    switch (step.kind) {
      case op.text:
        this.steps -= step.text.length >>> scan_shift;
        if (!text.startsWith(step.text, place)) return false;
        this.#place = place + step.text.length;
        break;
      case op.run: {
        const end = this.#isNew(step, place, text) ? this.#begin(step, place, text, isLoose) : noMatch;
        if (end === noMatch) return false;
        this.#place = end;
        break;
      }
      case op.split:
        if (!this.#isNew(step, place, text)) return false;
        this.#push(frame.go, step.isLazy ? this.#at + 1 : step.to, place, 0);
        this.#at = step.isLazy ? step.to : this.#at + 1;
        return true;
      case op.jump:
        this.#at = step.to;
        return true;
      case op.save:
        if (this.#top > 0) this.#push(frame.undo, step.slot, this.saves[step.slot]!, 0);
        this.saves[step.slot] = place;
        break;
      default:
        if (!holds(step.kind, text, place)) return false;
    }
    this.#at++;
    return true;
  }

  /** To the last choice that has something left; false where there is none. */
  #back(ops: readonly Op[], text: string): boolean {
    const stack = this.#stack;
    while (this.#top > 0) {
      this.#top -= frame_size;
      const [kind, first, second] = [stack[this.#top]!, stack[this.#top + 1]!, stack[this.#top + 2]!];
      if (kind === frame.undo) this.saves[first] = second;
      else if (kind === frame.go) {
        this.#at = first;
        this.#place = second;
        return true;
      } else {
        this.#at = first;
        const end = this.#take(ops[first]!, second, stack[this.#top + 3]!, text);
        if (end === noMatch) continue;
        this.#at = first + 1;
        this.#place = end;
        return true;
      }
    }
    return false;
  }

  #prepare({ groups, slots }: RegexProgram): void {
    if (this.saves.length < 2 * groups + 2) this.saves = new Int32Array(2 * groups + 2);
    if (this.#tried.length < slots) this.#tried = new Int32Array(slots);
    // There are few, and for few a loop is faster than a call.
    for (let at = 0; at < 2 * groups + 2; at++) this.saves[at] = -1;
    for (let slot = 0; slot < slots; slot++) this.#tried[slot] = never;
    this.#top = 0;
    this.#remembers = false;
  }

  #remember({ slots }: RegexProgram, text: string): void {
    const words = ((slots * (text.length + 1)) >>> 5) + 1;
    if (this.#visited.length < words) this.#visited = new Uint32Array(words);
    else this.#visited.fill(0, 0, words);
    this.steps -= words >>> scan_shift;
    this.#remembers = true;
  }

  /** Whether `step` was not tried at `place` yet. */
  #isNew(step: Op, place: number, text: string): boolean {
    if (step.isGap) return place < this.#tried[step.slot]!;
    if (!this.#remembers) return true;
    const bit = step.slot * (text.length + 1) + place;
    const mask = 1 << (bit & 31);
    const word = this.#visited[bit >>> 5]!;
    this.#visited[bit >>> 5] = word | mask;
    return (word & mask) === 0;
  }

  /** The first end of a run that begins at `place`. */
  #begin(step: Op, place: number, text: string, isLoose: boolean): number {
    const { set, min, max, isGap, isLast } = step;
    const low = min === 0 ? place : exactly(set!, text, place, min);
    if (low === noMatch) return noMatch;
    const high = isGap
      ? this.#untried(step, place, text)
      : max === min
        ? low
        : reach(set!, text, low, max - min);
    this.steps -= (isGap ? 0 : high - place) >>> scan_shift;
    if (isLast && !isLoose) return high === text.length ? high : noMatch;
    return this.#take(step, low, high, text);
  }

  /** The last end of a gap that was not tried from another place, where the gap has the ends after it in common. */
  #untried({ slot, min }: Op, place: number, text: string): number {
    const tried = this.#tried[slot]!;
    this.#tried[slot] = Math.min(tried, place);
    // A character can be two units.
    return Math.min(text.length, tried + 2 * min - 1);
  }

  /** The next end between `low` and `high`; what is left of them waits on the stack. */
  #take(step: Op, low: number, high: number, text: string): number {
    if (low > high) return noMatch;
    const end = step.isLazy ? this.#forward(step, low, high, text) : this.#backward(step, low, high, text);
    if (end === noMatch) return noMatch;
    if (step.isLazy && end < high) this.#push(frame.run, this.#at, after(text, end), high);
    else if (!step.isLazy && end > low) this.#push(frame.run, this.#at, low, before(text, end));
    return end;
  }

  #forward({ after: constant, isGap }: Op, low: number, high: number, text: string): number {
    if (constant === undefined) return low;
    if (isGap) {
      const found = text.indexOf(constant, low);
      this.steps -= ((found < 0 ? text.length : found) - low) >>> scan_shift;
      return found > high ? noMatch : found;
    }
    for (let at = low; at <= high; at++) if (text.startsWith(constant, at)) return at;
    return noMatch;
  }

  #backward({ after: constant }: Op, low: number, high: number, text: string): number {
    if (constant === undefined) return high;
    if (high - low > near_length_max) {
      const found = text.lastIndexOf(constant, high);
      this.steps -= (high - found) >>> scan_shift;
      return found < low ? noMatch : found;
    }
    const code = constant.charCodeAt(0);
    let at = high;
    // Not lastIndexOf, which would look on below `low`.
    while (at >= low && !(text.charCodeAt(at) === code && text.startsWith(constant, at))) at--;
    return at < low ? noMatch : at;
  }

  #push(kind: number, first: number, second: number, third: number): void {
    if (this.#top + frame_size > this.#stack.length) {
      const larger = new Int32Array(2 * this.#stack.length);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    const stack = this.#stack;
    stack[this.#top++] = kind;
    stack[this.#top++] = first;
    stack[this.#top++] = second;
    stack[this.#top++] = third;
  }
}

/** Whether no word goes on across `place`. */
export function isEdge(text: string, place: number): boolean {
  return place === 0 || !isWord(text.charCodeAt(place - 1)) || !isWord(text.charCodeAt(place));
}

/** A letter, a digit, or what is not ASCII; not what is beyond the text. */
function isWord(code: number): boolean {
  if (code < ascii_count)
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
  return code >= ascii_count;
}

/** Whether a match may begin there: a look at one character. */
export function canBegin({ begins }: RegexProgram, text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  // Of no character at all: false.
  return begins === undefined || (code < ascii_count ? begins[code] === 1 : code >= ascii_count);
}

function holds(kind: number, text: string, place: number): boolean {
  if (kind === op.start) return place === 0;
  if (kind === op.end) return place === text.length;
  const within = (code: number): boolean => code === 95 || (code < ascii_count && isWord(code));
  const isBorder = within(text.charCodeAt(place - 1)) !== within(text.charCodeAt(place));
  return isBorder === (kind === op.edge);
}

/** The end of `count` characters of `set` at `place`. */
function exactly(set: CharSet, text: string, place: number, count: number): number {
  let at = place;
  for (let left = count; left > 0; left--) {
    if (at >= text.length || !set.has(text.codePointAt(at)!)) return noMatch;
    at = after(text, at);
  }
  return at;
}

/** The end of the run of characters of `set` at `place`, of at most `count`. */
function reach(set: CharSet, text: string, place: number, count: number): number {
  const { ascii } = set;
  let at = place;
  for (let left = count; left > 0 && at < text.length; left--) {
    const code = text.charCodeAt(at);
    if (code < ascii_count) {
      if (ascii[code] === 0) break;
      at++;
    } else {
      if (!set.has(text.codePointAt(at)!)) break;
      at = after(text, at);
    }
  }
  return at;
}

/** The place after the character at `at`, which may be two units. */
function after(text: string, at: number): number {
  return isPair(text, at) ? at + 2 : at + 1;
}

function before(text: string, at: number): number {
  return isPair(text, at - 2) ? at - 2 : at - 1;
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  if (!(first >= 0xd800 && first < 0xdc00)) return false;
  const second = text.charCodeAt(at + 1);
  return second >= 0xdc00 && second < 0xe000;
}
