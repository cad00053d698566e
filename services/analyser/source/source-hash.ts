/** What a profile of a source program is keyed by. It must not know what is in the files. */
import { createHash } from 'node:crypto';
import type { SourceFile } from './analyse-source.ts';

/** Of the paths from their common folder and the texts, in the order of the paths, with line breaks as `\n`. */
export function sourceHash(files: readonly SourceFile[]): string {
  const paths = relativePaths(files.map(({ path }) => path));
  const sorted = files
    .map(({ text }, index) => ({ path: paths[index]!, text }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const hash = createHash('sha256');
  for (const { path, text } of sorted) {
    const bytes = Buffer.from(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'));
    hash.update(`${Buffer.byteLength(path)} ${bytes.length}\n${path}`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * With `/`, without `.`, and without the folders that all of them share, but for one that is a Python package itself:
 * its modules import each other by its name.
 */
export function relativePaths(paths: readonly string[]): readonly string[] {
  const split = paths.map((path) =>
    path
      .replaceAll('\\', '/')
      .split('/')
      .filter((part) => part !== '' && part !== '.'),
  );
  let shared = 0;
  const [first] = split;
  while (
    first !== undefined &&
    shared < first.length - 1 &&
    split.every((parts) => parts.length - 1 > shared && parts[shared] === first[shared])
  ) {
    shared++;
  }
  const isPackage = split.some((parts) => parts.length === shared + 1 && parts[shared] === '__init__.py');
  if (isPackage && shared > 0) shared--;
  return split.map((parts) => parts.slice(shared).join('/'));
}
