/**
 * Reads a regular expression only as far as the matcher needs: its constants, and the runs of `.*` that make a
 * pattern slow. Where it does not understand, it claims less, never more.
 */

export interface Literals {
  /** What every match begins with. */
  readonly head: string;
  /** Runs of characters that every match contains, in order. */
  readonly literals: readonly string[];
}

/** Constants outside every group; of a pattern with an alternative at top level, none. */
export function literalsOf(source: string): Literals {
  const literals: string[] = [];
  let run = '';
  let head: string | undefined;
  const anchored = source.startsWith('^');
  const cut = () => {
    head ??= run;
    if (run !== '') literals.push(run);
    run = '';
  };
  for (let at = anchored ? 1 : 0; at < source.length; ) {
    const char = source[at]!;
    if (char === '|') return { head: '', literals: [] };
    const [end, literal] = atom(source, at);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(end, end + 24))?.[0] ?? '';
    if (literal === undefined || quantifier !== '') cut();
    else run += literal;
    at = end + quantifier.length;
  }
  cut();
  return { head: anchored ? (head ?? '') : '', literals };
}

/** Runs of `(.*)` as one and empty groups, of `.*` as one: the same language, the same number of groups. */
export function tamed(source: string): string {
  return source
    .replace(/(?<!\\)\(\.\*\)(?:\(\.\*\))+/g, (run) => `(.*)${'()'.repeat(run.length / '(.*)'.length - 1)}`)
    .replace(/(?<!\\)(?:\.\*){2,}/g, '.*');
}

/** End of the atom at `at`, and the character it stands for where it is a constant one. */
function atom(source: string, at: number): readonly [number, string | undefined] {
  const char = source[at]!;
  if (char === '\\') {
    const next = source[at + 1] ?? '';
    return /[A-Za-z0-9]/.test(next) ? [escapeEnd(source, at), undefined] : [at + 2, next];
  }
  if (char === '(') return [groupEnd(source, at), undefined];
  if (char === '[') return [classEnd(source, at), undefined];
  if ('.^$*+?'.includes(char)) return [at + 1, undefined];
  return [at + 1, char];
}

function escapeEnd(source: string, at: number): number {
  const match = /^\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z]|k<\w+>|\d+|.)/s.exec(
    source.slice(at, at + 64),
  );
  return at + (match?.[0].length ?? 2);
}

function groupEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') at = classEnd(source, at) - 1;
    else if (source[at] === '(') depth++;
    else if (source[at] === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}

function classEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at + 1;
  }
  return source.length;
}
