/** The files that the repository consists of: tracked, or about to be. It must not know any rule. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths from the root, sorted. Throws where git is missing or this is no checkout. */
export function repositoryFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return output
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)))
    .sort();
}

/** Golden inputs are other people's programs. */
export function codeFiles(): string[] {
  return repositoryFiles().filter((file) => /\.(ts|js)$/.test(file) && !file.startsWith('test/golden/'));
}

/** Undefined for a binary file. */
export function readText(file: string): string | undefined {
  const bytes = readFileSync(join(root, file));
  return bytes.subarray(0, 8_192).includes(0) ? undefined : bytes.toString('utf8');
}

export function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}
