/** Escapes of string literals, as Python, JavaScript, Go, PHP and Java have them, and joins. It must not know syntax trees. */
import type { Expression } from '../source-code.ts';

const ESCAPE =
  /\\(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|N\{[^}]*\}|(\r?\n)|([\s\S]))/g;
const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  e: '\x1b',
};

/** Unknown escapes stand for the character itself, but for Python and PHP, which keep the backslash. */
export function unescaped(text: string, keepsUnknown = false): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (whole, x, braced, u, wide, octal, newline, char) => {
    const hex = x ?? braced ?? u ?? wide;
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (newline !== undefined) return '';
    if (char === undefined) return '\ufffd';
    return named[char] ?? (keepsUnknown && !'\\\'"`$'.includes(char) ? whole : char);
  });
}

export function text(value: string): Expression {
  return { kind: 'constant', text: value, isText: true };
}

/** One constant where all are. */
export function joined(parts: readonly Expression[]): Expression {
  const flat: Expression[] = [];
  for (const part of parts.flatMap((each) => (each.kind === 'join' ? each.parts : [each]))) {
    const last = flat.at(-1);
    if (part.kind === 'constant' && last?.kind === 'constant') {
      flat[flat.length - 1] = text(last.text + part.text);
    } else flat.push(part);
  }
  if (flat.length === 0) return text('');
  return flat.length === 1 && flat[0]!.kind === 'constant' ? flat[0]! : { kind: 'join', parts: flat };
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?#?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/s;

/** A format specification of Python's (`:>8.2f`) as a conversion of printf, with what follows it. */
export function conversionOfSpec(spec: string): readonly [string, string] {
  const match = SPEC.exec(spec);
  if (match === null) return ['%s', ''];
  const [, fill, , sign, zero, width, grouped, precision, type] = match;
  if (grouped !== undefined || (fill !== undefined && fill !== ' ')) return ['%s', ''];
  const flags = `${sign ?? ''}${zero ?? ''}${width ?? ''}`;
  if (type === 'd') return [`%${flags}d`, ''];
  if (type === 'x' || type === 'X' || type === 'o') return [`%${zero ?? ''}${width ?? ''}${type}`, ''];
  if (type !== undefined && 'eEfFgG'.includes(type)) return [`%${flags}.${precision ?? 6}${type}`, ''];
  if (type === '%') return [`%${flags}.${precision ?? 6}f`, '%'];
  return ['%s', ''];
}
