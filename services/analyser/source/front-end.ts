/** Sources in interpreted and compiled languages, one language a program. It must not know the LMS-CFG. */
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { AnalyserInput, FrontEnd } from '../front-end.ts';
import { extensionsOfAll, languageOf } from './language/registry.ts';

export const sourceFrontEnd: FrontEnd = {
  name: 'sources in Python, JavaScript, TypeScript, Go, PHP and Java',
  extensions: extensionsOfAll().map((extension) => `.${extension}`),
  isExecuted: false,
  accepts: ({ path }) => languageOf(path) !== undefined,
  async analyse(inputs, { bt, functions, onPhase }) {
    onPhase('reading the sources');
    // Only now: a program's analysis is of binaries mostly, and needs no parsers.
    const { analyseSource } = await import('./analyse-source.ts');
    const { program, language, counts, ...read } = await analyseSource(inputs.map(textOf), { bt });
    const diagnostics =
      functions === undefined ? read.diagnostics : [...read.diagnostics, unused(inputs[0]!.path)];
    if (program === undefined) return { found: undefined, diagnostics };
    const blocks = program.functions.reduce((sum, fn) => sum + fn.blocks.length, 0);
    return {
      found: {
        program,
        buildId: undefined,
        arch: language,
        counts: { functions: counts.functions, blocks, callSites: counts.calls + counts.logCalls },
        unresolved: { jumps: 0, calls: counts.unresolvedCalls },
        coverage:
          `${counts.logCalls} log calls in ${counts.files} files; ${counts.unresolvedCalls} calls go to what is not ` +
          'in these files, which is taken to print nothing.',
      },
      diagnostics,
    };
  },
};

function unused(file: string): Diagnostic {
  const message = 'The table of log functions is about binaries; in sources it is not used.';
  return { severity: 'warning', code: 'functions-unused', message, file, line: 0, column: 0 };
}

function textOf({ path, bytes }: AnalyserInput): { path: string; text: string } {
  return { path, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') };
}
