/** The languages: how each is lowered, and its traits. The only place that knows them all. */
import { goTraits } from '../language-traits/go.ts';
import { javaTraits } from '../language-traits/java.ts';
import { javascriptTraits } from '../language-traits/javascript.ts';
import { phpTraits } from '../language-traits/php.ts';
import { pythonTraits } from '../language-traits/python.ts';
import type { Module } from '../source-code.ts';
import type { Grammar } from '../syntax/grammar.ts';
import { LineTable } from '../syntax/line-table.ts';
import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import type { Language, Traits } from '../traits.ts';
import { goExpressions, goStatements } from './go.ts';
import { javaExpressions, javaStatements } from './java.ts';
import { javascriptExpressions } from './javascript.ts';
import { javascriptStatements } from './javascript-statement.ts';
import { type ExpressionTable, Lowering, type StatementTable } from './lowering.ts';
import { phpExpressions, phpStatements } from './php.ts';
import { pythonExpressions, pythonStatements } from './python.ts';

interface Entry {
  readonly traits: Traits;
  readonly expressions: ExpressionTable;
  readonly statements: StatementTable;
}

const entries: Readonly<Record<Language, Entry>> = {
  python: { traits: pythonTraits, expressions: pythonExpressions, statements: pythonStatements },
  javascript: {
    traits: javascriptTraits,
    expressions: javascriptExpressions,
    statements: javascriptStatements,
  },
  go: { traits: goTraits, expressions: goExpressions, statements: goStatements },
  php: { traits: phpTraits, expressions: phpExpressions, statements: phpStatements },
  java: { traits: javaTraits, expressions: javaExpressions, statements: javaStatements },
};

export function traitsOf(language: Language): Traits {
  return entries[language].traits;
}

export function extensionsOfAll(): string[] {
  return Object.values(entries).flatMap(({ traits }) => Object.keys(traits.extensions));
}

/** By the extension of its path; undefined where no language has it. */
export function languageOf(path: string): Language | undefined {
  const extension = extensionOf(path);
  return (Object.keys(entries) as Language[]).find((each) =>
    Object.hasOwn(entries[each].traits.extensions, extension),
  );
}

export function grammarOf(path: string, language: Language): Grammar | undefined {
  const { extensions } = entries[language].traits;
  const extension = extensionOf(path);
  return Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
}

export function lowered(path: string, tree: SyntaxTree, language: Language): Module {
  const { expressions, statements } = entries[language];
  const lowering = new Lowering(tree, new LineTable(tree.text), expressions, statements);
  return { path, body: lowering.statement(tree.root) };
}

function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}
