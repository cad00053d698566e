/**
 * A source file as a plain tree, copied out of the parser's memory at once. What stands in no tree here: keywords and
 * punctuation without a field name. It must not know any language.
 */
import type { Parser, TreeCursor } from 'web-tree-sitter';
import { type Budget, BudgetSpent, depth_max, nodes_max } from '../source-limit.ts';

export interface Syntax {
  readonly type: string;
  /** Of the parent's grammar rule. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly children: Syntax[];
}

export interface SyntaxFault {
  readonly kind: 'error' | 'missing' | 'too-deep';
  readonly offset: number;
  /** What is missing, or the text that was not understood. */
  readonly what: string;
}

export interface SyntaxTree {
  readonly text: string;
  readonly root: Syntax;
  /** The first hundred. */
  readonly faults: readonly SyntaxFault[];
  readonly nodes: number;
}

const faults_max = 100;

/** Throws BudgetSpent where the file is too large a tree or the time is up. */
export function parseSource(parser: Parser, text: string, budget: Budget): SyntaxTree {
  const tree = parser.parse(text, null, { progressCallback: () => budget.isLate });
  if (tree === null) {
    parser.reset();
    throw new BudgetSpent('the time is up');
  }
  const cursor = tree.walk();
  try {
    return copy(cursor, text, budget);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function copy(cursor: TreeCursor, text: string, budget: Budget): SyntaxTree {
  const faults: SyntaxFault[] = [];
  const stack: Syntax[] = [];
  let root: Syntax | undefined;
  let nodes = 0;
  const fault = (kind: SyntaxFault['kind'], offset: number, what: string) => {
    if (faults.length < faults_max) faults.push({ kind, offset, what: what.slice(0, 40) });
  };
  for (;;) {
    budget.step();
    if (++nodes > nodes_max) throw new BudgetSpent(`more than ${nodes_max} syntax nodes in a file`);
    const field = cursor.currentFieldName ?? undefined;
    const kept = cursor.nodeIsNamed || field !== undefined;
    const node: Syntax = {
      type: cursor.nodeType,
      field,
      start: cursor.startIndex,
      end: cursor.endIndex,
      children: [],
    };
    if (cursor.nodeIsMissing) fault('missing', node.start, node.type);
    else if (node.type === 'ERROR') fault('error', node.start, text.slice(node.start, node.end));
    if (kept && !cursor.nodeIsMissing) {
      stack.at(-1)?.children.push(node);
      root ??= node;
    }
    if (stack.length < depth_max) {
      if (cursor.gotoFirstChild()) {
        stack.push(node);
        continue;
      }
    } else if (stack.length === depth_max && node.end - node.start > 64) {
      fault('too-deep', node.start, node.type);
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) return { text, root: root!, faults, nodes };
      stack.pop();
    }
  }
}

export function textOf(tree: SyntaxTree, node: Syntax): string {
  return tree.text.slice(node.start, node.end);
}

export function childOf(node: Syntax, field: string): Syntax | undefined {
  return node.children.find((child) => child.field === field);
}

export function childrenOf(node: Syntax, field: string): Syntax[] {
  return node.children.filter((child) => child.field === field);
}

export function childOfType(node: Syntax, ...types: readonly string[]): Syntax | undefined {
  return node.children.find((child) => types.includes(child.type));
}
