/** What the rules ask of a module, read from its syntax tree. It must not know any rule. */
import { parseAst } from 'vitest/node';
import { lineCount } from './source-tree.ts';

export interface ModuleShape {
  /** As written, type-only and dynamic ones with a literal included. */
  readonly imports: readonly string[];
  /** Those that are loaded with the module itself. */
  readonly loaded: readonly string[];
  readonly hasDefaultExport: boolean;
  /** Every statement only hands on what another module exports, or one hands on everything. */
  readonly isBarrel: boolean;
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[];
  /** The comment that the file opens with; undefined without one. */
  readonly topComment: string | undefined;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const importTypes = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** Throws a SyntaxError for what is no TypeScript. */
export function moduleShape(text: string): ModuleShape {
  const program = parseAst(text, { lang: 'ts' }) as unknown as Node & { body: Node[] };
  const imports: string[] = [];
  const functions: { name: string; line: number; lines: number }[] = [];
  walk(program, undefined, (node, parent) => {
    if (importTypes.has(node.type)) {
      const source = (node.source ?? node.argument) as { value?: unknown } | null | undefined;
      if (typeof source?.value === 'string') imports.push(source.value);
    }
    if (functionTypes.has(node.type)) {
      const before = text.slice(0, node.start);
      const lines = lineCount(text.slice(node.start, node.end));
      functions.push({ name: nameOf(node, parent), line: before.split('\n').length, lines });
    }
  });
  const { body } = program;
  const handsOn = (node: Node): boolean => node.type.startsWith('Export') && node.source != null;
  return {
    imports,
    loaded: program.body.filter(isLoading).map((node) => (node.source as unknown as { value: string }).value),
    functions,
    hasDefaultExport: body.some((node) => node.type === 'ExportDefaultDeclaration'),
    isBarrel:
      body.some((node) => node.type === 'ExportAllDeclaration') || (body.length > 0 && body.every(handsOn)),
    topComment: /^(?:#![^\n]*\n)?\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]?.trim(),
  };
}

/** With its module, and not as a type that is gone at run time. */
function isLoading(node: Node): boolean {
  return node.source != null && node.importKind !== 'type' && node.exportKind !== 'type';
}

function walk(node: Node, parent: Node | undefined, visit: (node: Node, parent?: Node) => void): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function nameOf(node: Node, parent: Node | undefined): string {
  const named = (node.id ?? parent?.key ?? parent?.id) as { name?: string } | null | undefined;
  return named?.name ?? '(anonymous)';
}
