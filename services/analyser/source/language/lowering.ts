/** What the lowerings of all languages share: access to text and places, and lowering by a table of node types. */
import type { Expression, Statement } from '../source-code.ts';
import { nothing } from '../source-code.ts';
import type { LineTable, Position } from '../syntax/line-table.ts';
import { childOf, childrenOf, type Syntax, type SyntaxTree, textOf } from '../syntax/syntax-tree.ts';

type Lower<T> = (node: Syntax, lowering: Lowering) => T;
export type ExpressionTable = Readonly<Record<string, Lower<Expression>>>;
export type StatementTable = Readonly<Record<string, Lower<readonly Statement[]>>>;

export class Lowering {
  readonly #tree: SyntaxTree;
  readonly #lines: LineTable;
  readonly #expressions: ExpressionTable;
  readonly #statements: StatementTable;

  constructor(tree: SyntaxTree, lines: LineTable, expressions: ExpressionTable, statements: StatementTable) {
    this.#tree = tree;
    this.#lines = lines;
    this.#expressions = expressions;
    this.#statements = statements;
  }

  text(node: Syntax | undefined): string {
    return node === undefined ? '' : textOf(this.#tree, node);
  }

  /** Between two offsets. */
  slice(start: number, end: number): string {
    return this.#tree.text.slice(start, end);
  }

  at(node: Syntax): Position {
    return this.#lines.at(node.start);
  }

  expression(node: Syntax | undefined): Expression {
    if (node === undefined) return nothing;
    const lower = Object.hasOwn(this.#expressions, node.type) ? this.#expressions[node.type] : undefined;
    return lower?.(node, this) ?? { kind: 'unknown', parts: this.expressions(node.children) };
  }

  expressions(nodes: readonly Syntax[]): Expression[] {
    return nodes.filter((node) => node.type !== 'comment').map((node) => this.expression(node));
  }

  /** Of the child with that field name. */
  of(node: Syntax, field: string): Expression {
    return this.expression(childOf(node, field));
  }

  allOf(node: Syntax, field: string): Expression[] {
    return childrenOf(node, field).map((child) => this.expression(child));
  }

  statement(node: Syntax | undefined): readonly Statement[] {
    if (node === undefined || node.type === 'comment') return [];
    const lower = Object.hasOwn(this.#statements, node.type) ? this.#statements[node.type] : undefined;
    if (lower !== undefined) return lower(node, this);
    // What the parser did not understand may still hold statements that it did.
    if (node.type === 'ERROR') return this.statements(node.children);
    return [{ kind: 'evaluate', value: this.expression(node) }];
  }

  statements(nodes: readonly Syntax[]): Statement[] {
    return nodes.flatMap((node) => this.statement(node));
  }

  body(node: Syntax, field: string): readonly Statement[] {
    return this.statement(childOf(node, field));
  }
}

/** A loop with nothing said. */
export const plainLoop = {
  kind: 'loop',
  before: [],
  test: undefined,
  after: [],
  otherwise: [],
  isEndless: false,
  testsLast: false,
} as const;

export function isTrue(value: Expression): boolean {
  return value.kind === 'constant' && !value.isText && !/^(0|[Ff]alse|null|None)$/.test(value.text);
}

export function name(value: string): Expression {
  return { kind: 'name', name: value };
}

export function unknown(...parts: readonly Expression[]): Expression {
  return { kind: 'unknown', parts };
}

/** `a.b.c` as an expression. */
export function dotted(path: string): Expression {
  const [first, ...rest] = path.split('.');
  return rest.reduce<Expression>(
    (object, part) => ({ kind: 'member', object, name: part }),
    name(first ?? ''),
  );
}

/** The type of the nearest node above decides whether a call's value is used. */
export function evaluate(value: Expression): Statement {
  return { kind: 'evaluate', value: value.kind === 'call' ? { ...value, isUsed: false } : value };
}

/** `object[key]`: any of its members, or the one that a constant key names. */
export function memberAt(object: Expression, key: Expression): Expression {
  const known = key.kind === 'constant' && key.isText;
  const member: Expression = { kind: 'member', object, name: known ? key.text : '[]' };
  return known || key.kind === 'constant' || key.kind === 'name'
    ? member
    : { kind: 'either', first: key, second: member };
}
