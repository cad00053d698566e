/** Finds the log calls of a C program in its source. It must not know which program, nor what a binary holds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { branchVariants } from './branch-variants.ts';
import { type StringContext, stringValues, type TextPattern } from './string-value.ts';

/** Where a log function takes its format, counted from 0; a macro may put a text before it. */
export type FormatPlace = number | { readonly format: number; readonly prefix: string };

export interface LogCall {
  /** Relative to the source's root. */
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly function: string;
  readonly texts: readonly TextPattern[];
}

export interface SourceSelection {
  readonly root: string;
  readonly folders: readonly string[];
  readonly skip: readonly string[];
  readonly logFunctions: ReadonlyMap<string, FormatPlace>;
  readonly unwrap: ReadonlySet<string>;
}

/** A call that several branch variants show is several calls with the same place. */
export async function logCalls(selection: SourceSelection): Promise<readonly LogCall[]> {
  const texts = sourceFiles(selection).map((file) => ({
    file: relative(selection.root, file),
    text: readFileSync(file, 'latin1').replaceAll('\r\n', '\n'),
  }));
  const macros = stringMacros(texts.map(({ text }) => text));
  const context = { macros, unwrap: selection.unwrap };
  const parser = await cParser();
  const names = new RegExp(`\\b(?:${[...selection.logFunctions.keys()].join('|')})\\s*\\(`);
  const calls: LogCall[] = [];
  for (const { file, text } of texts) {
    if (!names.test(text)) continue;
    for (const variant of branchVariants(text))
      calls.push(...callsIn(parser, file, variant, selection, context));
    calls.push(...callsIn(parser, file, macroBodies(text, names), selection, context));
  }
  return calls;
}

function sourceFiles({ root, folders, skip }: SourceSelection): readonly string[] {
  const skipped = skip.map((part) => join(root, part));
  const visit = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || skipped.includes(path)) return [];
      if (entry.isDirectory()) return visit(path);
      return /\.[chy]$/.test(entry.name) ? [path] : [];
    });
  return folders.flatMap((folder) => visit(join(root, folder))).sort();
}

/** `#define NAME "text" OTHER …` of all files. */
function stringMacros(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const macros = new Map<string, string[]>();
  const definition = /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+((?:"(?:[^"\\\n]|\\.)*"|[\w \t()]|\\\n)+)$/gm;
  for (const text of texts) {
    for (const [, name, body] of text.matchAll(definition)) {
      const bodies = macros.get(name!) ?? [];
      if (!bodies.includes(body!)) macros.set(name!, [...bodies, body!]);
    }
  }
  return macros;
}

/** Log calls inside of function-like macros, as statements in the lines where they stand. */
function macroBodies(text: string, names: RegExp): string {
  let inside = false;
  const lines = text.split('\n').map((line) => {
    const start = /^[ \t]*#[ \t]*define[ \t]+\w+(?:\([^)]*\))?/.exec(line);
    const body = start !== null ? line.slice(start[0].length) : inside ? line : undefined;
    const continues = body?.endsWith('\\') ?? false;
    const opening = start !== null ? 'void macro(void) { ' : '';
    const closing = body !== undefined && !continues ? ' ; }' : '';
    inside = continues;
    return body === undefined ? '' : `${opening}${body.replace(/\\$/, '')}${closing}`;
  });
  const bodies = lines.join('\n');
  return names.test(bodies) ? bodies : '';
}

function callsIn(
  parser: Parser,
  file: string,
  text: string,
  { logFunctions }: SourceSelection,
  context: StringContext,
): readonly LogCall[] {
  const tree = parser.parse(text)!;
  const calls: LogCall[] = [];
  for (const node of tree.rootNode.descendantsOfType('call_expression')) {
    const name = node!.childForFieldName('function')?.text ?? '';
    const place = logFunctions.get(name);
    if (place === undefined) continue;
    const texts = formats(node!, place, context);
    if (texts.length === 0) continue;
    const [firstLine, lastLine] = [node!.startPosition.row + 1, node!.endPosition.row + 1];
    calls.push({ file, firstLine, lastLine, function: name, texts });
  }
  tree.delete();
  return calls;
}

function formats(call: Node, place: FormatPlace, context: StringContext): readonly TextPattern[] {
  const { format, prefix } = typeof place === 'number' ? { format: place, prefix: '' } : place;
  const args = call
    .childForFieldName('arguments')
    ?.namedChildren.filter((child) => child?.type !== 'comment');
  const argument = args?.[format];
  if (argument === undefined || argument === null) return [];
  const values = stringValues(argument, context);
  return prefix === '' ? values : values.map((value) => [prefix, ...value]);
}

let parser: Promise<Parser> | undefined;

function cParser(): Promise<Parser> {
  parser ??= (async () => {
    await Parser.init();
    const grammar = fileURLToPath(import.meta.resolve('tree-sitter-c/tree-sitter-c.wasm'));
    return new Parser().setLanguage(await Language.load(grammar));
  })();
  return parser;
}
