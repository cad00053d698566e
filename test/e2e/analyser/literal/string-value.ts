/**
 * What text a C expression can be: literals, their concatenation, ?:, casts, macros that stand for literals. It must
 * not know what the text is for.
 */
import type { Node } from 'web-tree-sitter';

/** A text with holes (undefined) where a part is not known. */
export type TextPattern = readonly (string | undefined)[];

const depth_max = 6;
const patterns_max = 16;

const formatMacros: Readonly<Record<string, string>> = Object.fromEntries(
  ['d', 'i', 'o', 'u', 'x', 'X'].flatMap((c) => [
    ...['8', '16', '32'].map((size) => [`PRI${c}${size}`, c]),
    ...['64', 'MAX', 'PTR'].map((size) => [`PRI${c}${size}`, `l${c}`]),
  ]),
);

export interface StringContext {
  /** Bodies of the object-like macros of the whole program; several where branches define one differently. */
  readonly macros: ReadonlyMap<string, readonly string[]>;
  /** Functions that give their first argument back: `_`, `gettext`. */
  readonly unwrap: ReadonlySet<string>;
}

/** Empty where the expression is no constant text. */
export function stringValues(node: Node, context: StringContext, depth = 0): readonly TextPattern[] {
  if (depth > depth_max) return [];
  const below = (child: Node | null): readonly TextPattern[] =>
    child === null ? [] : stringValues(child, context, depth + 1);
  switch (node.type) {
    case 'string_literal':
      return [[withoutEscapes(node.text.slice(node.text.indexOf('"') + 1, -1))]];
    case 'concatenated_string':
      return node.namedChildren
        .filter((child) => child.type !== 'comment')
        .map((child) => orHole(below(child)))
        .reduce(product, [[]]);
    case 'identifier':
      return macroValues(node.text, context, depth);
    case 'conditional_expression':
      return [
        ...below(node.childForFieldName('consequence')),
        ...below(node.childForFieldName('alternative')),
      ];
    case 'parenthesized_expression':
      return below(node.firstNamedChild);
    case 'cast_expression':
      return below(node.childForFieldName('value'));
    case 'call_expression': {
      const name = node.childForFieldName('function')?.text ?? '';
      const first = node.childForFieldName('arguments')?.firstNamedChild ?? null;
      return context.unwrap.has(name) ? below(first) : [];
    }
    default:
      return [];
  }
}

function macroValues(name: string, context: StringContext, depth: number): readonly TextPattern[] {
  const format = formatMacros[name];
  if (format !== undefined) return [[format]];
  if (depth > depth_max) return [];
  return (context.macros.get(name) ?? []).flatMap((body) => {
    const tokens = body.match(/"(?:[^"\\]|\\.)*"|\w+/gs) ?? [];
    const values = tokens.map((token) =>
      token.startsWith('"')
        ? [[withoutEscapes(token.slice(1, -1))]]
        : orHole(macroValues(token, context, depth + 1)),
    );
    return tokens.some((token) => token.startsWith('"')) || values.length === 1
      ? values.reduce<readonly TextPattern[]>(product, [[]]).filter((value) => value.some(Boolean))
      : [];
  });
}

function orHole(values: readonly TextPattern[]): readonly TextPattern[] {
  return values.length === 0 ? [[undefined]] : values;
}

function product(left: readonly TextPattern[], right: readonly TextPattern[]): readonly TextPattern[] {
  return left.flatMap((a) => right.map((b) => [...a, ...b])).slice(0, patterns_max);
}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b' },
};

function withoutEscapes(body: string): string {
  return body.replaceAll(/\\\r?\n/g, '').replaceAll(/\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)/gs, (_, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16) & 0xff);
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return escapes[code] ?? code;
  });
}
