/**
 * C text without its conditional directives, once for each way to choose branches, so that a call that #ifdef splits
 * parses in every form. Lines keep their numbers. It must not know what is looked for.
 */

const choices_max = 3;
const directive = /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b/;

/** The text with every branch, then with the first, second, … of each conditional. */
export function branchVariants(text: string): readonly string[] {
  const lines = text.split('\n');
  if (!lines.some((line) => directive.test(line))) return [text];
  const variants = [choose(lines, undefined)];
  for (let choice = 0; choice < choices_max; choice++) variants.push(choose(lines, choice));
  return [...new Set(variants)];
}

interface Conditional {
  branch: number;
  readonly kept: boolean;
  /** Some branch was kept: a later #else is not. */
  taken: boolean;
}

function choose(lines: readonly string[], choice: number | undefined): string {
  const open: Conditional[] = [];
  let continues = false;
  const out = lines.map((line) => {
    // A directive may go on after a backslash.
    const kind = directive.exec(line)?.[1];
    const blank = kind !== undefined || continues;
    continues = blank && line.trimEnd().endsWith('\\');
    const last = open.at(-1);
    if (kind?.startsWith('if')) {
      open.push({ branch: 0, kept: isKept(open), taken: choice === undefined || choice === 0 });
    } else if (kind === 'endif') open.pop();
    else if (kind !== undefined && last !== undefined) {
      last.branch++;
      const wanted = last.branch === choice || (kind === 'else' && !last.taken);
      open[open.length - 1] = { ...last, taken: choice === undefined || wanted };
    }
    return !blank && isKept(open) ? line : '';
  });
  return out.join('\n');
}

/** Whether the innermost branch and all around it are. */
function isKept(open: readonly Conditional[]): boolean {
  const last = open.at(-1);
  return last === undefined || (last.kept && last.taken);
}
