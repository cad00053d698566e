/** A user's own table of log functions from a file. It must not know what is done with it. */
import { readFileSync } from 'node:fs';
import { LogFunctionTable } from '../contract/log-function-table.ts';
import { AnalysisError } from './analysis-error.ts';

/** Throws AnalysisError that names the file and the place of the first problem. */
export function readFunctionTable(path: string): LogFunctionTable {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AnalysisError('missing', `no file ${path}`, { cause });
    throw new AnalysisError('functions', `${path} is no table of log functions: ${message}`, { cause });
  }
  const parsed = LogFunctionTable.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.join('.') || 'top';
  throw new AnalysisError('functions', `${path} is no table of log functions: ${place}: ${issue.message}`, {
    hint: 'docs/LOG-FUNCTIONS.md says what stands in one',
  });
}
