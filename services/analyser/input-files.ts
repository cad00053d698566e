/** Files and folders as inputs of a front end. It must not know what the bytes mean. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { AnalysisError } from './analysis-error.ts';
import type { AnalyserInput } from './front-end.ts';

const file_bytes_max = 1 << 30;
/** Of all folders together. */
const files_max = 20_000;

/** A folder gives its files with one of the extensions, in order of their names. Throws AnalysisError. */
export function readInputs(paths: readonly string[], extensions: ReadonlySet<string>): AnalyserInput[] {
  const files = paths.flatMap((path) => {
    const info = inspect(path);
    if (!info.isDirectory()) return [path];
    const found = filesBelow(path, extensions);
    if (found.length > 0) return found;
    throw new AnalysisError('unsupported', `${path} is a folder without a source that can be analysed`, {
      hint: 'name the files',
    });
  });
  if (files.length > files_max) throw new AnalysisError('refused', `there are more than ${files_max} files`);
  return files.map((path) => ({ path, bytes: readWhole(path) }));
}

function filesBelow(folder: string, extensions: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && found.length <= files_max; next = folders.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      // Hidden and fetched code is not the program's own.
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(join(next, entry.name));
      else if (entry.isFile() && extensions.has(extname(entry.name))) found.push(join(next, entry.name));
    }
  }
  return found.sort();
}

function inspect(path: string) {
  try {
    const info = statSync(path);
    if (info.isDirectory() || info.isFile()) return info;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new AnalysisError('unsupported', `${path} is neither a file nor a folder`);
}

function readWhole(path: string): Uint8Array {
  const { size } = inspect(path);
  if (size > file_bytes_max)
    throw new AnalysisError('refused', `${path} is larger than ${file_bytes_max} bytes`);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AnalysisError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new AnalysisError('missing', `no file ${path}`, { cause });
  return new AnalysisError('unreadable', `${path} can't be read (${code})`, { cause });
}
