/** One source file, parsed and lowered, with what was wrong in it. It must not know other files. */
import type { Diagnostic } from '../../core/diagnostic.ts';
import { lowered } from './language/registry.ts';
import type { Module } from './source-code.ts';
import type { Budget } from './source-limit.ts';
import { createParser, type Grammar } from './syntax/grammar.ts';
import { LineTable } from './syntax/line-table.ts';
import { parseSource, type SyntaxFault } from './syntax/syntax-tree.ts';
import type { Language } from './traits.ts';

export interface ReadModule {
  readonly module: Module;
  readonly nodes: number;
  readonly faults: readonly Diagnostic[];
}

export async function readModule(
  path: string,
  text: string,
  grammar: Grammar,
  language: Language,
  budget: Budget,
): Promise<ReadModule> {
  const parser = await createParser(grammar);
  try {
    const tree = parseSource(parser, text, budget);
    const lines = new LineTable(text);
    const module = lowered(path, tree, language);
    return {
      module,
      nodes: tree.nodes,
      faults: tree.faults.map((fault) => diagnosticOf(fault, path, lines)),
    };
  } finally {
    parser.delete();
  }
}

const words: Readonly<Record<SyntaxFault['kind'], readonly [string, string]>> = {
  error: ['source-syntax', 'not understood'],
  missing: ['source-syntax', 'missing'],
  'too-deep': ['source-too-deep', 'nested too deeply to be analysed'],
};

function diagnosticOf({ kind, offset, what }: SyntaxFault, file: string, lines: LineTable): Diagnostic {
  const [code, message] = words[kind];
  return {
    severity: 'warning',
    code,
    message: `${message}: ${JSON.stringify(what)}`,
    file,
    line: lines.at(offset).line,
    column: lines.byteColumn(offset),
  };
}
