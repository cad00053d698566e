/**
 * Loads the grammar of a language when it is first needed, from the WebAssembly file in its npm package. It must not
 * know what the language means.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

export type Grammar = 'python' | 'javascript' | 'typescript' | 'tsx' | 'go' | 'php' | 'java';

export class GrammarError extends Error {
  override readonly name = 'GrammarError';
  readonly code = 'grammar-unavailable';
  readonly hint = 'install the locked packages again: npm ci';
}

const { resolve } = createRequire(import.meta.url);
const files: Readonly<Record<Grammar, () => string>> = {
  python: () => resolve('tree-sitter-python/tree-sitter-python.wasm'),
  javascript: () => resolve('tree-sitter-javascript/tree-sitter-javascript.wasm'),
  typescript: () => resolve('tree-sitter-typescript/tree-sitter-typescript.wasm'),
  tsx: () => resolve('tree-sitter-typescript/tree-sitter-tsx.wasm'),
  go: () => resolve('tree-sitter-go/tree-sitter-go.wasm'),
  php: () => resolve('tree-sitter-php/tree-sitter-php.wasm'),
  java: () => resolve('tree-sitter-java/tree-sitter-java.wasm'),
};

let started: Promise<void> | undefined;
const loaded = new Map<Grammar, Promise<Language>>();

/** A parser of its own for the caller, who deletes it. Throws a GrammarError where a package is missing or broken. */
export async function createParser(grammar: Grammar): Promise<Parser> {
  started ??= Parser.init();
  let language = loaded.get(grammar);
  if (language === undefined) {
    language = load(grammar);
    loaded.set(grammar, language);
  }
  try {
    await started;
    return new Parser().setLanguage(await language);
  } catch (cause) {
    loaded.delete(grammar);
    throw new GrammarError(`the ${grammar} grammar could not be loaded`, { cause });
  }
}

async function load(grammar: Grammar): Promise<Language> {
  await started;
  return Language.load(await readFile(files[grammar]()));
}
