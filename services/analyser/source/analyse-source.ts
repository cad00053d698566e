/**
 * The log messages and control flow of a program given as source files: the same LogProgram that a binary gives. It
 * must not know where the files came from, nor what an LMS-CFG is.
 */
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { LmsSite, LogProgram } from '../lms-cfg/log-program.ts';
import { buildProgram } from './flow/build-program.ts';
import { CopyTable } from './flow/copy-table.ts';
import type { FlowContext } from './flow/flow-context.ts';
import { grammarOf, languageOf, traitsOf } from './language/registry.ts';
import { Evaluator } from './message/evaluator.ts';
import { LogFinder } from './message/log-finder.ts';
import { declare } from './program/declaration.ts';
import { Meanings } from './program/meaning.ts';
import { notePassedValues } from './program/passed-value.ts';
import { readModule } from './read-module.ts';
import { SiteTable } from './site-table.ts';
import type { Module } from './source-code.ts';
import { relativePaths, sourceHash } from './source-hash.ts';
import {
  Budget,
  BudgetSpent,
  file_bytes_max,
  files_max,
  program_bytes_max,
  time_ms_default,
} from './source-limit.ts';
import type { Language } from './traits.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface SourceOptions {
  /** Otherwise that of most files, by their extensions. */
  readonly language?: Language;
  /** How many callers up a text is followed that a program's own log function prints. */
  readonly bt?: number;
  readonly time_ms_max?: number;
}

export interface SourceCounts {
  readonly files: number;
  readonly bytes: number;
  readonly syntaxNodes: number;
  readonly functions: number;
  readonly logCalls: number;
  readonly calls: number;
  /** Calls of what is not in the program, log calls aside. */
  readonly unresolvedCalls: number;
  readonly handlers: number;
}

export interface SourceAnalysis {
  readonly language: Language | undefined;
  readonly sourceHash: string;
  /** Undefined where a bound was met: a part of a program would look like the whole. */
  readonly program: LogProgram | undefined;
  readonly counts: SourceCounts;
  readonly diagnostics: readonly Diagnostic[];
}

const bt_default = 5;
const passing_rounds = 3;

/** Throws a GrammarError where a grammar is not installed. */
export async function analyseSource(
  files: readonly SourceFile[],
  options: SourceOptions = {},
): Promise<SourceAnalysis> {
  const diagnostics: Diagnostic[] = [];
  const language = options.language ?? commonLanguage(files);
  const counts = {
    files: 0,
    bytes: 0,
    syntaxNodes: 0,
    functions: 0,
    logCalls: 0,
    calls: 0,
    unresolvedCalls: 0,
    handlers: 0,
  };
  const hash = sourceHash(files);
  const result = { language, sourceHash: hash, counts, diagnostics };
  const refuse = (code: string, message: string, file = ''): SourceAnalysis => {
    diagnostics.push({ severity: 'error', code, message, file, line: 0, column: 0 });
    return { ...result, program: undefined };
  };
  if (language === undefined) return refuse('source-language-unknown', 'no file is of a known language');
  const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
  if (files.length > files_max) return refuse('source-too-large', `more than ${files_max} files`);
  if (bytes > program_bytes_max)
    return refuse('source-too-large', `more than ${program_bytes_max} characters`);
  const budget = new Budget(options.time_ms_max ?? time_ms_default);
  try {
    const modules = await readModules(files, language, budget, counts, diagnostics);
    const program = build(modules, language, options.bt ?? bt_default, budget, counts);
    return { ...result, program };
  } catch (error) {
    if (error instanceof BudgetSpent) return refuse('source-bound-met', error.message);
    throw error;
  }
}

function commonLanguage(files: readonly SourceFile[]): Language | undefined {
  const bytes = new Map<Language, number>();
  for (const { path, text } of files) {
    const language = languageOf(path);
    if (language !== undefined) bytes.set(language, (bytes.get(language) ?? 0) + text.length);
  }
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

async function readModules(
  files: readonly SourceFile[],
  language: Language,
  budget: Budget,
  counts: { files: number; bytes: number; syntaxNodes: number },
  diagnostics: Diagnostic[],
): Promise<readonly Module[]> {
  const paths = relativePaths(files.map(({ path }) => path));
  const sorted = files
    .map(({ text }, index) => ({ path: paths[index]!, text }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const modules: Module[] = [];
  for (const { path, text } of sorted) {
    const own = languageOf(path);
    if (own !== language) {
      if (own !== undefined) {
        const message = `is ${own}, and the program is analysed as ${language}`;
        diagnostics.push({
          severity: 'note',
          code: 'source-other-language',
          message,
          file: path,
          line: 0,
          column: 0,
        });
      }
      continue;
    }
    if (text.length > file_bytes_max || text.includes('\0')) {
      const message = text.includes('\0') ? 'is binary' : `has more than ${file_bytes_max} characters`;
      diagnostics.push({
        severity: 'error',
        code: 'source-refused',
        message,
        file: path,
        line: 0,
        column: 0,
      });
      continue;
    }
    counts.files++;
    counts.bytes += Buffer.byteLength(text);
    const { module, nodes, faults } = await readModule(
      path,
      text,
      grammarOf(path, language)!,
      language,
      budget,
    );
    counts.syntaxNodes += nodes;
    diagnostics.push(...faults);
    modules.push(module);
  }
  return modules;
}

function build(
  modules: readonly Module[],
  language: Language,
  bt: number,
  budget: Budget,
  counts: { functions: number; logCalls: number; calls: number; unresolvedCalls: number; handlers: number },
): LogProgram {
  const traits = traitsOf(language);
  const program = declare(modules, traits);
  // What a parameter is bound to may be a parameter of the caller.
  for (let round = 0; round < passing_rounds; round++) {
    if (!notePassedValues(program, new Meanings(program))) break;
  }
  const meanings = new Meanings(program);
  const evaluator = new Evaluator(program, meanings, budget);
  const finder = new LogFinder(program, meanings, evaluator, bt);
  const sites = new SiteTable(modules.map(({ path }) => path));
  const context: FlowContext = {
    traits,
    meanings,
    finder,
    copies: new CopyTable(evaluator, finder, bt),
    budget,
    registered: new Map(),
    counts,
    site: (site: Omit<LmsSite, 'regex'>) => sites.site(site),
    address: (function_, at) => sites.address(function_.module.path, at),
  };
  const result = buildProgram(program, context, (a, b) => sites.compare(a, b));
  counts.functions = program.functions.length - modules.length;
  counts.handlers = [...context.registered.values()].filter((role) => role === 'handler').length;
  return result;
}
